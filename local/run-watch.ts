/** One watch per run that anybody follows: what is new is handed to each follower, and none waits for another. */
import {
  type Follower,
  type LevelLimits,
  levelSubscription,
} from '#core/application/commands/level-subscription.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';

const NEWS_MS = 1000;
const LOOK = 500;
/** Senders of this process end with their connections: a claim is let go of by them or by nobody. */
const LIMITS: LevelLimits = { claimSeconds: 2 * 3600, mostEvents: Number.POSITIVE_INFINITY };

export interface RunWatch {
  /** Brings one connection up to date, and keeps it so while it follows the run. */
  level(follower: Follower): void;
  stop(): void;
}

export function runWatch(ports: EventSockets, onFault: (error: unknown) => void): RunWatch {
  /** How often somebody began to follow a run that is watched. */
  const watched = new Map<string, number>();
  let stopped = false;
  const fault = (error: unknown) => {
    if (!stopped) onFault(error);
  };
  const send = (follower: Follower) => {
    levelSubscription(ports, follower, LIMITS).catch(fault);
  };
  const watch = async (name: string, { tenant, run, connection }: Follower) => {
    // What the first follower has is no news to it; who comes later with less is brought up to date by itself.
    let last = (await ports.connections.subscription(tenant, run, connection))?.after ?? 0;
    while (!stopped) {
      // Listening before looking: what comes between the two is not waited for.
      const news = ports.events.waitForNews(tenant, run, NEWS_MS);
      const begun = watched.get(name);
      const fresh = await ports.events.read(tenant, run, last, LOOK);
      last = fresh.at(-1)?.seq ?? last;
      let followers = 0;
      for await (const page of ports.connections.followers(tenant, run)) {
        followers += page.length;
        if (fresh.length > 0) for (const each of page) send(each);
      }
      if (followers === 0 && watched.get(name) === begun) {
        // In the same turn: who comes next begins another watch.
        watched.delete(name);
        return;
      }
      if (fresh.length < LOOK) await news;
    }
  };
  return {
    level(follower) {
      send(follower);
      const { tenant, run } = follower;
      const name = `${tenant}/${run}`;
      const begun = watched.get(name);
      watched.set(name, (begun ?? 0) + 1);
      if (begun !== undefined) return;
      watch(name, follower).catch((error: unknown) => {
        watched.delete(name);
        fault(error);
      });
    },
    stop() {
      stopped = true;
    },
  };
}
