/** Hands the news of a run to every connection that follows it. */
import type { Ulid } from '../../domain/ids.ts';
import type { EventSockets } from '../../ports/event-sockets.ts';
import { type Follower, type LevelLimits, levelSubscription } from './level-subscription.ts';

/** Connections that are posted to at the same time. */
const WIDTH = 32;

/** One connection that cannot be reached keeps nobody else waiting. @returns what failed */
export async function pushRun(
  ports: EventSockets,
  { tenant, run }: { readonly tenant: string; readonly run: Ulid },
  limits: LevelLimits,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for await (const page of ports.connections.followers(tenant, run)) {
    const left: Follower[] = [...page];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        await levelSubscription(ports, next, limits).catch((error: unknown) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, work));
  }
  return failures;
}
