/** A run that stays open, with one event, and how long the next ones take to reach those who follow it. */
import type { NewEvent } from '#core/domain/event.ts';
import { makeUlid } from '#core/domain/ids.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Ports } from '#core/ports/ports.ts';
import { type BenchServer, runEightPhases } from './bench-server.ts';
import type { LoadProcess } from './load-process.ts';

export const { tenant } = LOCAL_PRINCIPAL;

export function eventOf(run: string): NewEvent {
  const data = { step: 1, steps: 2, fraction: 0.5, message: 'bench' };
  return { type: 'phase_progress', run, phase: 'cognate', attempt: 1, at: new Date().toISOString(), data };
}

/** The record of one that has ended, under another id and running again. */
export async function openRun(bench: BenchServer, { registry, eventLog }: Ports): Promise<string> {
  const ended = await runEightPhases(bench, 'fan-out');
  const id = makeUlid(new Date(), new Uint8Array(10));
  const run = { ...ended, id, status: 'running', endedAt: null, version: 1 } as const;
  await registry.commit(tenant, [{ kind: 'run', run, expected: null }]);
  await eventLog.append(tenant, [eventOf(id)]);
  return id;
}

/** Milliseconds from the call of `append` until each follower had the event that it brings under this number. */
export async function latenciesOf(
  load: LoadProcess,
  { url, of, seq }: { readonly url: string; readonly of: number; readonly seq: number },
  append: () => Promise<unknown>,
): Promise<readonly number[]> {
  const started = performance.timeOrigin + performance.now();
  await append();
  const { latencies } = await load.send({ url, arrived: seq, of });
  return latencies.map((time) => time - started);
}
