/** The process that sends requests, and two servers that answer without doing anything: the limits of ours. */
import { fork } from 'node:child_process';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Load {
  readonly url: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly requests: number;
  readonly connections: number;
}

export interface Submissions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly submissions: number;
  /** Makes the idempotency keys differ from those of other tasks. */
  readonly keys: string;
}

/** Opens streams and keeps them open. */
export interface Streams {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly streams: number;
}

/** Opens sockets and keeps them open. */
export interface Sockets {
  readonly url: string;
  readonly protocols: readonly string[];
  /** What each says when it is open. */
  readonly hello: string;
  readonly sockets: number;
}

/** Asks when event number `arrived` came to each of the streams; the answer's latencies are times since the epoch. */
export interface Arrivals {
  readonly url: string;
  readonly arrived: number;
  readonly of: number;
}

export interface LoadProcess {
  /** Latencies in milliseconds and the size of the last answer. */
  send(
    task: Load | Submissions | Streams | Sockets | Arrivals,
  ): Promise<{ readonly latencies: readonly number[]; readonly bytes: number }>;
  close(): void;
}

export function startLoadProcess(root: string): LoadProcess {
  const child = fork(join(root, 'scripts', 'bench', 'load-client.mjs'), { execArgv: [] });
  return {
    send: (task) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null) => reject(new Error(`The load process ended with ${code}.`));
        child.once('exit', ended);
        child.once('message', (answer: { latencies: number[]; bytes: number; error?: string }) => {
          child.off('exit', ended);
          if (answer.error === undefined) resolve(answer);
          else reject(new Error(answer.error));
        });
        child.send(task);
      }),
    close: () => {
      child.removeAllListeners();
      child.disconnect();
    },
  };
}

/** A bare application on a free port of its own. */
export async function serveBare(app: Hono): Promise<{ readonly url: string; close(): void }> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
