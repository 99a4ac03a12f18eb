/**
 * Hands a connection every event of a run that it lacks, in order, out of the store. One sender at a time: it claims the
 * subscription, and whoever comes meanwhile leaves the work to it, because it looks once more after it has let go.
 * A sender that dies leaves a claim that runs out; what it sent without saying so is sent again, and clients know the
 * number already.
 */

import type { ForgeEvent } from '#contracts/source/event.ts';
import { isFinalEvent } from '#contracts/source/event-types.ts';
import { controlText, eventText, type Subscription } from '../../domain/socket.ts';
import type { EventSockets } from '../../ports/event-sockets.ts';
import { closeSocket } from './close-socket.ts';

/** How much one call does. */
export interface LevelLimits {
  /** How long a sender may take for one page before another one may take over. */
  readonly claimSeconds: number;
  /** Events in one call; who is further behind is told so, and gets the next ones with its next ping. */
  readonly mostEvents: number;
}

export type Follower = Pick<Subscription, 'tenant' | 'run' | 'connection'>;

const PAGE = 100;

export async function levelSubscription(
  ports: EventSockets,
  follower: Follower,
  limits: LevelLimits,
): Promise<void> {
  const { tenant, run, connection } = follower;
  for (;;) {
    const seen = await ports.connections.subscription(tenant, run, connection);
    const now = ports.clock.now();
    if (!seen || seen.expiresAt <= now.toISOString()) return;
    if (seen.claimedUntil !== null && seen.claimedUntil > now.toISOString()) return;
    const claimedUntil = new Date(now.getTime() + limits.claimSeconds * 1000).toISOString();
    const claimed = { ...seen, claimedUntil, recordVersion: seen.recordVersion + 1 };
    if (!(await ports.connections.save(claimed, seen.recordVersion))) continue;
    const level = await sendPages(ports, claimed, limits);
    if (level === null) return;
    // Who came while the claim was held went away: what it came for is seen by this look.
    if ((await ports.events.read(tenant, run, level, PAGE)).length === 0) return;
  }
}

/** Number of the last event when the connection has all that there was; null when nothing is left to do here. */
async function sendPages(
  ports: EventSockets,
  claimed: Subscription,
  limits: LevelLimits,
): Promise<number | null> {
  const { tenant, run, connection } = claimed;
  let held = claimed;
  for (let sent = 0; ; ) {
    const page = await ports.events.read(tenant, run, held.after, PAGE);
    const outcome = await sendPage(ports, held, page);
    if (outcome !== 'sent') return null;
    sent += page.length;
    const after = page.at(-1)?.seq ?? held.after;
    const level = page.length < PAGE;
    const enough = !level && sent >= limits.mostEvents;
    const claimedUntil = new Date(ports.clock.now().getTime() + limits.claimSeconds * 1000).toISOString();
    const next = advanced(held, after, level || enough ? null : claimedUntil);
    if (!(await ports.connections.save(next, held.recordVersion))) return null;
    if (level) return after;
    if (enough) {
      await ports.sender.send(connection, controlText({ type: 'behind', run, after }));
      return null;
    }
    held = next;
  }
}

function advanced(held: Subscription, after: number, claimedUntil: string | null): Subscription {
  return { ...held, after, claimedUntil, recordVersion: held.recordVersion + 1 };
}

type Outcome = 'sent' | 'gone' | 'ended';

/** What was handed over before a failure stays handed over, and the subscription is free for the next sender. */
async function sendPage(
  ports: EventSockets,
  held: Subscription,
  page: readonly ForgeEvent[],
): Promise<Outcome> {
  const { tenant, run, connection } = held;
  let after = held.after;
  try {
    for (const event of page) {
      if (!(await ports.sender.send(connection, eventText(event)))) {
        await closeSocket(ports, connection);
        return 'gone';
      }
      after = event.seq;
      if (!isFinalEvent(event.type)) continue;
      await ports.sender.send(connection, controlText({ type: 'end', run }));
      await ports.connections.drop(tenant, run, connection);
      return 'ended';
    }
    return 'sent';
  } catch (error) {
    await ports.connections.save(advanced(held, after, null), held.recordVersion);
    throw error;
  }
}
