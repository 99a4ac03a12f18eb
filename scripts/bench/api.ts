/** CPU per request over HTTP: the whole local server against a bare Hono application with answers of the same size. */
import { Hono } from 'hono';
import { runDocument } from '#contracts/source/run-document.ts';
import { planRun } from '#core/application/queries/plan-run.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Ports } from '#core/ports/ports.ts';
import { EIGHT_PHASES, runEightPhases, startBenchServer } from './bench-server.ts';
import { type Load, type LoadProcess, serveBare, startLoadProcess } from './load-process.ts';
import { type Bench, type Figure, quantile, type Target } from './record.ts';

const FLOOR: Target = { of: 'ratio', op: '<=', bound: 1.5 };
const AIM: Target = { of: 'ratio', op: '<=', bound: 1.3 };
const CONNECTIONS = 8;

interface Requests {
  readonly name: string;
  readonly ours: Load;
  readonly bare: Load;
  readonly what?: string;
  readonly aim?: Target;
}

/** Microseconds of this process per request; the client's work is in its own process. */
async function cpuPerRequest(load: LoadProcess, task: Load): Promise<number> {
  const before = process.cpuUsage();
  const { latencies } = await load.send(task);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / latencies.length;
}

async function measure(
  load: LoadProcess,
  { name, ours, bare, what = 'bare Hono, same JSON', aim }: Requests,
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
): Promise<Figure> {
  const values: number[] = [];
  const limits: number[] = [];
  const ofSize = (task: Load) => ({ ...task, requests });
  // Both are compiled hot before either is measured.
  for (const task of [ours, bare]) await load.send(ofSize(task));
  const { bytes } = await load.send({ ...ours, requests: 1, connections: 1 });
  const plain = await load.send({ ...bare, requests: 1, connections: 1 });
  if (plain.bytes !== bytes) throw new Error(`${name}: ${bytes} bytes against ${plain.bytes} of the limit.`);
  for (let round = 0; round < rounds; round += 1) {
    values.push(await cpuPerRequest(load, ofSize(ours)));
    limits.push(await cpuPerRequest(load, ofSize(bare)));
  }
  const limit = { what, values: limits };
  const targets = { floor: FLOOR, ...(aim ? { aim } : {}) };
  const note = `answers of ${bytes} bytes; quickest ${quantile(values, 0).toFixed(0)} us`;
  return { name: `${name}, CPU per request`, unit: 'us', values, limit, ...targets, note };
}

/** Answers what is given, and on one route plans as ours does but checks nothing around it. */
function bareApp(ports: Ports, document: object, plan: object): Hono {
  const app = new Hono();
  app.get('/v1/runs/:id', (context) => context.json(document));
  app.post('/v1/plan', async (context) => {
    await context.req.json();
    return context.json(plan);
  });
  app.post('/planned', async (context) =>
    context.json(await planRun(ports, LOCAL_PRINCIPAL, runDocument.parse(await context.req.json()))),
  );
  return app;
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const bench = await startBenchServer(root, folder);
  await bench.addCorpus();
  const { id } = await runEightPhases(bench, 'api');
  const path = `/v1/runs/${id}`;
  const document = await bench.ask<object>('GET', path);
  const plan = await bench.ask<object>('POST', '/v1/plan', EIGHT_PHASES);
  const bare = await serveBare(bareApp(bench.server.cloud.ports, document, plan));
  const load = startLoadProcess(root);
  const headers = { authorization: `Bearer ${bench.token}`, 'content-type': 'application/json' };
  const size = { requests: 1, connections: CONNECTIONS };
  const get = (url: string): Load => ({ url, path, headers, ...size });
  const post = (url: string, to = '/v1/plan'): Load => {
    const body = JSON.stringify(EIGHT_PHASES);
    return { url, method: 'POST', path: to, headers, body, ...size };
  };
  const counts = tiny ? { rounds: 2, requests: 100 } : { rounds: 9, requests: 3000 };
  const { url } = bench.server;
  const what = 'bare Hono that plans as well';
  const pairs: Requests[] = [
    { name: 'GET /v1/runs/{id}', ours: get(url), bare: get(bare.url), aim: AIM },
    { name: 'POST /v1/plan', ours: post(url), bare: post(bare.url) },
    {
      name: 'POST /v1/plan, the frame alone',
      ours: post(url),
      bare: post(bare.url, '/planned'),
      what,
      aim: AIM,
    },
  ];
  const figures: Figure[] = [];
  for (const pair of pairs) figures.push(await measure(load, pair, counts));
  load.close();
  bare.close();
  await bench.server.stop();
  return figures;
};
