/** Begins to follow a run, or goes on where a client left off; and ends it. */
import { MOST_SUBSCRIPTIONS } from '#contracts/source/socket-frame.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { type Connection, controlText, newSubscription, principalOf } from '../../domain/socket.ts';
import type { EventSockets } from '../../ports/event-sockets.ts';
import { findReplayStart } from '../queries/find-replay-start.ts';
import { getRun } from '../queries/get-run.ts';

/** How often another sender may be faster while a subscription is moved. */
const TRIES = 10;

interface Wanted {
  readonly run: Ulid;
  readonly after: number;
}

/**
 * Says where the connection goes on and remembers it; the events themselves are sent by levelling the subscription.
 *
 * @returns true where there is something to follow: a run that ended and was seen to its end is only said to be so
 * @throws ForgeError `not_found`, with the same words for an unknown run and for another tenant's
 */
export async function followRun(
  ports: EventSockets,
  connection: Connection,
  wanted: Wanted,
): Promise<boolean> {
  const { tenant, id } = connection;
  const { run } = wanted;
  const { endedAt } = await getRun(ports, principalOf(connection), run);
  await requireRoom(ports, id, run);
  const { after, resync } = await findReplayStart(ports, { tenant, ...wanted });
  if (resync) await ports.sender.send(id, controlText({ type: 'resync', run, after: 0 }));
  // Ahead of the record: from its writing on another sender may hand over events.
  await ports.sender.send(id, controlText({ type: 'subscribed', run, after }));
  if (endedAt !== null && (await ports.events.read(tenant, run, after, 1)).length === 0) {
    await ports.connections.drop(tenant, run, id);
    await ports.sender.send(id, controlText({ type: 'end', run }));
    return false;
  }
  await moveTo(ports, connection, { run, after });
  return true;
}

async function requireRoom({ connections }: EventSockets, id: string, run: Ulid): Promise<void> {
  const followed = await connections.followed(id);
  if (followed.includes(run) || followed.length < MOST_SUBSCRIPTIONS) return;
  throw new ForgeError('limit', `This connection follows ${MOST_SUBSCRIPTIONS} runs, which is all it may.`, {
    code: 'too_many_subscriptions',
    hint: 'Unsubscribe from one of them, or open another connection.',
  });
}

async function moveTo({ connections }: EventSockets, connection: Connection, wanted: Wanted): Promise<void> {
  const { tenant, id } = connection;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const seen = await connections.subscription(tenant, wanted.run, id);
    const recordVersion = (seen?.recordVersion ?? 0) + 1;
    const subscription = { ...newSubscription(connection, wanted.run, wanted.after), recordVersion };
    if (await connections.save(subscription, seen?.recordVersion ?? null)) return;
  }
  throw new ForgeError('conflict', `Run ${wanted.run} is being sent to this connection at the moment.`, {
    code: 'stale_version',
    hint: 'Send the frame again.',
  });
}

export async function unfollowRun(ports: EventSockets, { tenant, id }: Connection, run: Ulid): Promise<void> {
  await ports.connections.drop(tenant, run, id);
  await ports.sender.send(id, controlText({ type: 'unsubscribed', run }));
}
