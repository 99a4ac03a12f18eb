/** From the submission of a run to the first event of its stream, as a client in another process sees it. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { EIGHT_PHASES, startBenchServer } from './bench-server.ts';
import { type LoadProcess, type Submissions, serveBare, startLoadProcess } from './load-process.ts';
import { type Bench, quantile, type Target } from './record.ts';

const FLOOR: Target = { of: 'value', op: '<=', bound: 300 };

/** Takes the submission and streams one event: two requests and nothing behind them. */
function bareApp(): Hono {
  const app = new Hono();
  app.post('/v1/runs', async (context) => context.json(await context.req.json(), 202));
  app.get('/v1/runs/:id/events', (context) =>
    streamSSE(context, async (stream) => {
      await stream.writeSSE({ id: '1', event: 'RunSubmitted', data: '{}' });
      await stream.writeSSE({ event: 'end', data: '{}' });
    }),
  );
  return app;
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const bench = await startBenchServer(root, folder);
  await bench.addCorpus();
  const bare = await serveBare(bareApp());
  const load = startLoadProcess(root);
  const headers = { authorization: `Bearer ${bench.token}` };
  const body = JSON.stringify({ ...EIGHT_PHASES, phases: ['cognate'] });
  const submissions = tiny ? 2 : 20;
  const ours = (keys: string): Submissions => ({ url: bench.server.url, headers, body, submissions, keys });
  const values = { p50: [] as number[], p95: [] as number[] };
  const limits = { p50: [] as number[], p95: [] as number[] };
  const note = async (into: typeof values, task: Submissions, client: LoadProcess) => {
    const { latencies } = await client.send(task);
    into.p50.push(quantile(latencies, 0.5));
    into.p95.push(quantile(latencies, 0.95));
  };
  await load.send(ours('warm-up'));
  for (let round = 0; round < (tiny ? 1 : 5); round += 1) {
    await note(values, ours(`round-${round}`), load);
    await note(limits, { ...ours(`round-${round}`), url: bare.url }, load);
  }
  load.close();
  bare.close();
  await bench.server.stop();
  const what = 'bare Hono, nothing stored';
  return (['p50', 'p95'] as const).map((share) => ({
    name: `submission to first event, ${share}`,
    unit: 'ms',
    values: values[share],
    limit: { what, values: limits[share] },
    ...(share === 'p95' ? { floor: FLOOR } : {}),
    note: `${submissions} submissions per sample`,
  }));
};
