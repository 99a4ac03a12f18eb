/** The embedded cloud's server: opens the home, wires the cloud, listens on loopback, stops cleanly. */
import { appendFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { localTokenAuthenticator } from '#adapters/identity/local-token-authenticator.ts';
import { processRateCounter } from '#adapters/local/process-rate-counter.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import { createApi } from '#functions/api/api.ts';
import packageFile from '../package.json' with { type: 'json' };
import { blobRoutes } from './blob-routes.ts';
import { type Cloud, type CloudOptions, openCloud } from './cloud.ts';
import { dashboardPages, isPage } from './dashboard-pages.ts';
import { diskGuard } from './disk-guard.ts';
import { eventSockets } from './event-sockets.ts';
import { type Home, lockHome, openHome, writeServerFile } from './home.ts';
import { hostGuard } from './host-guard.ts';
import { jobProcess } from './job-process.ts';
import { createForkLauncher, type ForkLauncher } from './jobs/fork-launcher.ts';
import type { Resources } from './jobs/job.ts';
import { codeHasher } from './jobs/package-hash.ts';
import { readSpot } from './spot-market.ts';
import { readTriggers } from './triggers.ts';

const { version } = packageFile;
const PORTS_TRIED = 20;

export interface ServerOptions {
  readonly root: string;
  readonly home: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
}

export interface RunningServer {
  readonly url: string;
  readonly cloud: Cloud;
  stop(): Promise<void>;
}

/** One job per core, whatever the jobs ask for beyond that waits. */
function machineSlots(environment: NodeJS.ProcessEnv): Resources {
  const gpus = wholeNumber('FORGE_GPUS', environment.FORGE_GPUS ?? '0', 64);
  return { vcpus: availableParallelism(), memoryMiB: Math.floor(totalmem() / 2 ** 20), gpus };
}

function jobRulesOf(environment: NodeJS.ProcessEnv): Pick<CloudOptions, 'leaseSeconds' | 'spot'> {
  const { FORGE_LEASE_SECONDS: lease, FORGE_SPOT } = environment;
  const spot = readSpot(FORGE_SPOT);
  if (lease === undefined) return { spot };
  return { spot, leaseSeconds: wholeNumber('FORGE_LEASE_SECONDS', lease, 86_400, 1) };
}

/** A whole number of an environment variable. */
export function wholeNumber(name: string, text: string, most: number, least = 0): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most && Number(text) >= least) return Number(text);
  throw new ForgeError(
    'validation',
    `${name} is "${text}", expected a whole number from ${least} to ${most}.`,
    {
      code: 'invalid_environment',
      hint: `Correct ${name} or leave it out.`,
    },
  );
}

function faultLog(home: Home): (what: string, error: unknown) => void {
  const file = join(home.directory, 'logs', 'faults.ndjson');
  return (what, error) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), what, message })}\n`);
  };
}

type Fetch = (request: Request, bindings?: object) => Response | Promise<Response>;

/** Who may come in: whoever has the token of this home, or one of its keys. */
function authenticatorOf(home: Home, cloud: Cloud): Authenticator {
  return authenticatorChain([localTokenAuthenticator(home.token), apiKeyAuthenticator(cloud.ports)]);
}

/** The API, the bucket and the pages on one port. */
function wholeApp(
  root: string,
  home: Home,
  cloud: Cloud,
  authenticator: Authenticator,
  onFault: ReturnType<typeof faultLog>,
): Fetch {
  const rateCounter = processRateCounter();
  const ports = { ...cloud.ports, logs: cloud.logs, authenticator, rateCounter };
  const api = createApi(ports, {
    version,
    cursorSecret: home.token,
    guards: [hostGuard, diskGuard(home.directory)],
  });
  const blobs = blobRoutes({ root: home.bucket, signer: cloud.signer, guard: hostGuard, onFault });
  const folder = join(root, 'dist', 'dashboard');
  const pages = dashboardPages({ folder, guard: hostGuard, onFault });
  return (request, bindings) => {
    const { pathname } = new URL(request.url);
    if (isPage(request.method, pathname)) return pages.fetch(request, bindings);
    return (pathname.startsWith('/blobs/') ? blobs : api).fetch(request, bindings);
  };
}

/** Listens on loopback, on the wanted port or on one of the next ones. */
async function listen(fetch: Fetch, wanted: number): Promise<Server> {
  for (let port = wanted; ; port += 1) {
    const server = createAdaptorServer({ fetch }) as Server;
    const failure = await new Promise<NodeJS.ErrnoException | null>((done) => {
      server.once('error', done);
      server.listen(port, '127.0.0.1', () => done(null));
    });
    if (failure === null) return server;
    if (failure.code !== 'EADDRINUSE' || port >= wanted + PORTS_TRIED) {
      throw new ForgeError('dependency', `Cannot listen on port ${port}: ${failure.message}`, {
        code: 'port_unavailable',
        hint: 'Set FORGE_PORT to a free port.',
      });
    }
  }
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const home = openHome(options.home);
  const unlock = lockHome(home);
  try {
    return await serve(home, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function launcherOf(
  { directory }: Home,
  interpreter: Omit<ReturnType<typeof jobProcess>, 'command'>,
  onFault: ReturnType<typeof faultLog>,
): ForkLauncher {
  return createForkLauncher({
    ...interpreter,
    socketDirectory: join(directory, 'fork'),
    logPath: join(directory, 'logs', 'fork-server.log'),
    onFault: (error) => onFault('fork server', error),
  });
}

async function serve(
  home: Home,
  { root, port, environment }: ServerOptions,
  unlock: () => void,
): Promise<RunningServer> {
  const onFault = faultLog(home);
  const triggers = readTriggers(home.directory);
  let url = '';
  const { command, ...interpreter } = jobProcess(root, environment);
  const launcher = launcherOf(home, interpreter, onFault);
  // In the background: the seconds of loading pass while the first corpus is uploaded.
  launcher.warmUp();
  const code = codeHasher(interpreter.folder, 'agent_forge');
  const cloud = openCloud({
    home,
    slots: machineSlots(environment),
    command,
    code,
    launcher,
    ...jobRulesOf(environment),
    triggers,
    webhooksToLoopback: environment.FORGE_WEBHOOKS_LOOPBACK === '1',
    url: () => url,
    onFault,
  });
  const authenticator = authenticatorOf(home, cloud);
  const app = wholeApp(root, home, cloud, authenticator, onFault);
  const opened = deferred();
  // Requests that come while the last server's work is taken up wait for the end of that.
  const server = await listen(async (request, bindings) => {
    await opened.promise;
    return app(request, bindings);
  }, port).catch(async (error: unknown) => {
    await cloud.close();
    throw error;
  });
  const hearSocket = (error: unknown) => onFault('event socket', error);
  const facts = { ports: cloud.ports, authenticator, opened: opened.promise, onFault: hearSocket };
  const sockets = eventSockets(server, facts);
  const address = server.address() as AddressInfo;
  url = `http://127.0.0.1:${address.port}`;
  const stop = async () => {
    const closed = new Promise((done) => server.close(done));
    sockets.close();
    server.closeAllConnections();
    await closed;
    await cloud.close();
    unlock();
  };
  try {
    await cloud.resume();
  } catch (error) {
    await stop();
    throw error;
  }
  opened.resolve();
  const startedAt = new Date().toISOString();
  writeServerFile(home, { pid: process.pid, port: address.port, url, startedAt, version });
  return { url, cloud, stop };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
