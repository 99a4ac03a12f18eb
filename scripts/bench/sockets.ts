/** One event to a thousand sockets that follow one run: from its append to its arrival at each in another process. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { startBenchServer } from './bench-server.ts';
import { startLoadProcess } from './load-process.ts';
import { eventOf, latenciesOf, openRun, tenant } from './open-run.ts';
import { type Bench, type Figure, quantile, type Target } from './record.ts';

const FLOOR: Target = { of: 'value', op: '<=', bound: 100 };
const AIM: Target = { of: 'value', op: '<=', bound: 50 };
const WHAT = 'bare ws, out of memory';

interface BareSockets {
  readonly url: string;
  send(text: string): void;
  close(): void;
}

/** Sends one text to whoever is connected: what is left of a fan-out without a store, subscriptions and rights. */
async function bareSockets(first: string): Promise<BareSockets> {
  const http: Server = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const open = new Set<WebSocket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('message', () => socket.send(first));
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    send(text) {
      for (const socket of open) socket.send(text);
    },
    close() {
      for (const socket of open) socket.terminate();
      http.close();
    },
  };
}

interface Samples {
  readonly p50: number[];
  readonly p95: number[];
}

function note(samples: Samples, latencies: readonly number[]): void {
  samples.p50.push(quantile(latencies, 0.5));
  samples.p95.push(quantile(latencies, 0.95));
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const sockets = tiny ? 20 : 1000;
  const bench = await startBenchServer(root, folder);
  await bench.addCorpus();
  const { ports } = bench.server.cloud;
  const id = await openRun(bench, ports);
  const textOf = (seq: number) => JSON.stringify({ seq, tenant, ...eventOf(id) });
  const bare = await bareSockets(textOf(1));
  const load = startLoadProcess(root);
  const ours = { url: `${bench.server.url}/v1/socket`, of: sockets };
  const limit = { url: bare.url, of: sockets };
  const protocols = ['forge.v1', `bearer.${bench.token}`];
  const hello = JSON.stringify({ action: 'subscribe', run: id, after: 0 });
  await load.send({ url: ours.url, protocols, hello, sockets });
  await load.send({ url: limit.url, protocols: ['forge.v1'], hello, sockets });
  const values: Samples = { p50: [], p95: [] };
  const limits: Samples = { p50: [], p95: [] };
  for (let seq = 2; seq < (tiny ? 4 : 42); seq += 1) {
    const append = () => ports.eventLog.append(tenant, [eventOf(id)]);
    note(values, await latenciesOf(load, { ...ours, seq }, append));
    note(limits, await latenciesOf(load, { ...limit, seq }, async () => bare.send(textOf(seq))));
  }
  load.close();
  bare.close();
  await bench.server.stop();
  const figure = (share: 'p50' | 'p95'): Figure => ({
    name: `an event to ${sockets.toLocaleString('en')} sockets, ${share}`,
    unit: 'ms',
    values: values[share],
    limit: { what: WHAT, values: limits[share] },
  });
  return [figure('p50'), { ...figure('p95'), floor: FLOOR, aim: AIM }];
};
