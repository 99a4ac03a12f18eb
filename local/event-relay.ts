/**
 * The bus of the embedded cloud: hands events of the log to the functions that contracts/subscriptions.json names for
 * their types. After the commit, at least once, and in order per run; what EventBridge and relay-events are on AWS.
 */

import type { HandOver, HandOvers } from '#adapters/local/sqlite-hand-overs.ts';
import contract from '#contracts/functions.json' with { type: 'json' };
import type { EventFunction } from '#functions/shared/event-function.ts';
import { type PollingWorker, pollingWorker, together } from './polling-worker.ts';

/** Then an event is given up for this subscriber. */
export const ATTEMPTS = 5;
/** Waits of 1, 4, 16 and 64 seconds. */
const FIRST_WAIT_MS = 1000;
const GROWTH = 4;

export interface RelayOptions {
  readonly handOvers: HandOvers;
  readonly subscribers: Readonly<Record<string, EventFunction>>;
  readonly now: () => Date;
  readonly onFault: (what: string, error: unknown) => void;
}

/** The milliseconds that a function may take. */
function limitOf(subscriber: string): number {
  const facts: Readonly<Record<string, { readonly timeoutSeconds: number }>> = contract.functions;
  return (facts[subscriber]?.timeoutSeconds ?? 60) * 1000;
}

async function withinLimit(subscriber: string, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const limit = limitOf(subscriber);
    timer = setTimeout(() => reject(new Error(`${subscriber} took more than ${limit} ms`)), limit).unref();
  });
  await Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
}

/** Offers a subscriber what waits for it, once. @returns whether more may be taken right away */
export async function relayOnce(
  options: Omit<RelayOptions, 'subscribers'>,
  subscriber: string,
  call: EventFunction,
): Promise<boolean> {
  const { handOvers, now } = options;
  const waiting = handOvers.due(subscriber, now().getTime());
  for (const handOver of waiting) {
    const { event } = handOver;
    try {
      const sent = call({ source: 'agent-forge', 'detail-type': event.type, detail: event });
      await withinLimit(subscriber, sent);
    } catch (error) {
      refuse(options, handOver, error);
      continue;
    }
    handOvers.taken(handOver);
  }
  return waiting.length > 0;
}

function refuse(
  { handOvers, now, onFault }: Omit<RelayOptions, 'subscribers'>,
  handOver: HandOver,
  error: unknown,
): void {
  const { subscriber, event, refused } = handOver;
  const attempts = refused + 1;
  if (attempts < ATTEMPTS) {
    handOvers.again(handOver, now().getTime() + FIRST_WAIT_MS * GROWTH ** refused);
    return;
  }
  const reason = error instanceof Error ? error.message : String(error);
  handOvers.bury(handOver, { at: now().toISOString(), attempts, reason });
  onFault(
    `event ${event.seq} of run ${event.run} given up for ${subscriber} after ${attempts} attempts`,
    error,
  );
}

/** Each subscriber has its own worker: none waits for another one. */
export function eventRelay(options: RelayOptions): PollingWorker {
  const workers = Object.entries(options.subscribers).map(([subscriber, call]) =>
    pollingWorker(
      async () => {
        while (await relayOnce(options, subscriber, call));
      },
      (error) => options.onFault(`relay to ${subscriber}`, error),
    ),
  );
  return together(workers);
}
