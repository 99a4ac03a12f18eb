/** One event to a thousand streams of one run: from its append to its arrival at each socket in another process. */
import { EventEmitter, once } from 'node:events';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { NewEvent } from '#core/domain/event.ts';
import { makeUlid } from '#core/domain/ids.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Ports } from '#core/ports/ports.ts';
import { type BenchServer, runEightPhases, startBenchServer } from './bench-server.ts';
import { type LoadProcess, serveBare, startLoadProcess } from './load-process.ts';
import { type Bench, quantile, type Target } from './record.ts';

const AIM: Target = { of: 'value', op: '<=', bound: 50 };
const { tenant } = LOCAL_PRINCIPAL;

function eventOf(run: string): NewEvent {
  const data = { step: 1, steps: 2, fraction: 0.5, message: 'bench' };
  return { type: 'phase_progress', run, phase: 'cognate', attempt: 1, at: new Date().toISOString(), data };
}

/** A run that stays open: the record of one that has ended, under another id and running again. */
async function openRun(bench: BenchServer, { registry, eventLog }: Ports): Promise<string> {
  const ended = await runEightPhases(bench, 'fan-out');
  const id = makeUlid(new Date(), new Uint8Array(10));
  const run = { ...ended, id, status: 'running', endedAt: null, version: 1 } as const;
  await registry.commit(tenant, [{ kind: 'run', run, expected: null }]);
  await eventLog.append(tenant, [eventOf(id)]);
  return id;
}

/** Streams whatever is emitted, out of memory: what is left of a fan-out without a store. */
function bareApp(news: EventEmitter): Hono {
  const app = new Hono();
  app.get('/v1/runs/:id/events', (context) =>
    streamSSE(context, async (stream) => {
      await stream.writeSSE({ id: '1', data: '{}' });
      while (!stream.aborted) {
        const [seq, data] = (await once(news, 'event')) as [number, string];
        await stream.writeSSE({ id: String(seq), event: 'phase_progress', data });
      }
    }),
  );
  return app;
}

/** Milliseconds after which 95 of 100 streams had the event that `append` brings under this number. */
async function p95(
  load: LoadProcess,
  { url, of, seq }: { readonly url: string; readonly of: number; readonly seq: number },
  append: () => Promise<unknown>,
): Promise<number> {
  const started = performance.timeOrigin + performance.now();
  await append();
  const { latencies } = await load.send({ url, arrived: seq, of });
  return quantile(
    latencies.map((time) => time - started),
    0.95,
  );
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const streams = tiny ? 20 : 1000;
  const bench = await startBenchServer(root, folder);
  await bench.addCorpus();
  const { ports } = bench.server.cloud;
  const id = await openRun(bench, ports);
  const news = new EventEmitter().setMaxListeners(0);
  const bare = await serveBare(bareApp(news));
  const load = startLoadProcess(root);
  const headers = { authorization: `Bearer ${bench.token}`, accept: 'text/event-stream' };
  const ours = { url: bench.server.url, of: streams };
  const limit = { url: bare.url, of: streams };
  for (const { url } of [ours, limit])
    await load.send({ url, path: `/v1/runs/${id}/events`, headers, streams });
  const values: number[] = [];
  const limits: number[] = [];
  const data = JSON.stringify({ seq: 1, tenant, ...eventOf(id) });
  for (let seq = 2; seq < (tiny ? 4 : 23); seq += 1) {
    values.push(await p95(load, { ...ours, seq }, () => ports.eventLog.append(tenant, [eventOf(id)])));
    limits.push(await p95(load, { ...limit, seq }, async () => news.emit('event', seq, data)));
  }
  load.close();
  bare.close();
  await bench.server.stop();
  const name = `an event to ${streams.toLocaleString('en')} streams, p95`;
  return [
    { name, unit: 'ms', values, limit: { what: 'bare Hono, out of memory', values: limits }, aim: AIM },
  ];
};
