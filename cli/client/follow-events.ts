/** The events of a run from a sequence number on, each exactly once, over as many connections as it takes. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ForgeEvent } from '#contracts/source/event.ts';
import { isFinalEvent } from '#contracts/source/event-types.ts';
import { CliError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { send } from './http.ts';
import { readFrames } from './server-sent-events.ts';

export interface FollowOptions {
  /** The last event that is known already. @default 0 */
  readonly after?: number;
  /** Told when the connection is lost and when it is back. */
  readonly onConnection?: (state: 'lost' | 'back') => void;
  /** How long to go on trying without a connection. @default 60 */
  readonly patienceSeconds?: number;
  /** Silence after which a connection counts as dead; the server pings every 15 s. @default 45 */
  readonly silenceSeconds?: number;
  /** Wait before the first new try; doubles up to 5 s. @default 0.25 */
  readonly firstWaitSeconds?: number;
}

/** Throws away a connection that has said nothing, not even a ping, for too long. */
function watchSilence(seconds: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), seconds * 1000);
  return {
    signal: controller.signal,
    heard: () => void timer.refresh(),
    stop: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

type Sequence = { seq: number };

/** One connection; returns true when the run's last event was seen. */
async function* readOnce(
  connection: Connection,
  run: string,
  at: Sequence,
  silenceSeconds: number,
  opened: () => void,
): AsyncGenerator<ForgeEvent, boolean> {
  const silence = watchSilence(silenceSeconds);
  try {
    const response = await send(connection, 'GET', `/v1/runs/${encodeURIComponent(run)}/events`, {
      query: { after: at.seq },
      headers: { 'last-event-id': String(at.seq) },
      accept: 'text/event-stream',
      limitSeconds: null,
      repeatable: false,
      signal: silence.signal,
    });
    if (!response.body) return false;
    opened();
    for await (const frame of readFrames(
      response.body as unknown as AsyncIterable<Uint8Array>,
      silence.heard,
    )) {
      if (frame.event === 'end') return true;
      // The log has never given the number that was sent: it begins again.
      if (frame.event === 'resync') at.seq = 0;
      if (frame.id === null || frame.data === '') continue;
      const event = JSON.parse(frame.data) as ForgeEvent;
      if (event.seq <= at.seq) continue;
      at.seq = event.seq;
      yield event;
      if (isFinalEvent(event.type)) return true;
    }
    return false;
  } finally {
    silence.stop();
  }
}

/** Answers that no later try will change. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof CliError && error.kind !== 'dependency' && error.kind !== 'limit' && error.kind !== 'bug'
  );
}

export async function* followEvents(
  connection: Connection,
  run: string,
  options: FollowOptions = {},
): AsyncGenerator<ForgeEvent> {
  const {
    after = 0,
    onConnection,
    patienceSeconds = 60,
    silenceSeconds = 45,
    firstWaitSeconds = 0.25,
  } = options;
  const at: Sequence = { seq: after };
  let everOpened = false;
  /** Tries since the connection broke, and when that was. */
  let broken = { tries: 0, since: performance.now() };
  const opened = () => {
    if (broken.tries > 1) onConnection?.('back');
    broken = { tries: 0, since: performance.now() };
    everOpened = true;
  };
  for (;;) {
    try {
      if (yield* readOnce(connection, run, at, silenceSeconds, opened)) return;
    } catch (error) {
      if (connection.signal.aborted) throw connection.aborted();
      // The first connection has to work: a wrong address is told at once.
      if (isFinal(error) || !everOpened) throw error;
      if (broken.tries > 0 && performance.now() - broken.since > patienceSeconds * 1000) throw error;
    }
    if (broken.tries === 0) broken.since = performance.now();
    if (broken.tries === 1) onConnection?.('lost');
    const wait = Math.min(firstWaitSeconds * 2 ** broken.tries, 5);
    broken.tries += 1;
    await pause(wait * 1000, undefined, { signal: connection.signal }).catch(() => {
      throw connection.aborted();
    });
  }
}
