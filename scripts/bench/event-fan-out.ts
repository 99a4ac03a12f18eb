/** One event to a thousand streams of one run: from its append to its arrival at each socket in another process. */
import { EventEmitter, once } from 'node:events';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { startBenchServer } from './bench-server.ts';
import { serveBare, startLoadProcess } from './load-process.ts';
import { eventOf, latenciesOf, openRun, tenant } from './open-run.ts';
import { type Bench, quantile, type Target } from './record.ts';

const AIM: Target = { of: 'value', op: '<=', bound: 50 };

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
    const append = () => ports.eventLog.append(tenant, [eventOf(id)]);
    values.push(quantile(await latenciesOf(load, { ...ours, seq }, append), 0.95));
    const emit = async () => news.emit('event', seq, data);
    limits.push(quantile(await latenciesOf(load, { ...limit, seq }, emit), 0.95));
  }
  load.close();
  bare.close();
  await bench.server.stop();
  const name = `an event to ${streams.toLocaleString('en')} streams, p95`;
  return [
    { name, unit: 'ms', values, limit: { what: 'bare Hono, out of memory', values: limits }, aim: AIM },
  ];
};
