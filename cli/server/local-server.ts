/** The local server as seen from the command line: is one there, start one, stop it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.ts';
import type { Context } from '../context.ts';
import { endpointOf, homeFolder, readServerRecord, type ServerRecord } from '../environment.ts';
import { CliError, isErrorKind } from '../errors.ts';
import type { Io } from '../io.ts';

const START_SECONDS = 15;
const STOP_SECONDS = 35;
const POLL_MS = 100;

export interface LocalServer {
  readonly url: string;
  /** Null for one that is known by its address only. */
  readonly pid: number | null;
  /** True when this process started it. */
  readonly started: boolean;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The record of a server that still lives. */
export function livingServer(home: string): ServerRecord | null {
  const record = readServerRecord(home);
  return record && isAlive(record.pid) ? record : null;
}

/** The server's program; throws with the way to make it when it was not built. */
export function serverProgram(io: Io): { readonly root: string; readonly program: string } {
  const program = io.root && join(io.root, 'dist', 'local', 'server.mjs');
  if (io.root && program && existsSync(program)) return { root: io.root, program };
  throw new CliError(
    'dependency',
    `The local server is not built: there is no ${program ?? 'dist/local/server.mjs'}.`,
    {
      code: 'not_built',
      hint: 'Build it in the project folder with: npm run setup',
    },
  );
}

/** Where all that the server says is kept. */
export function serverLog(io: Io): string {
  return join(homeFolder(io), 'logs', 'server.log');
}

/** What the server process is told, so that it and the command line mean the same home. */
export function serverEnvironment(io: Io, root: string): NodeJS.ProcessEnv {
  return { ...io.env, FORGE_ROOT: root, FORGE_HOME: homeFolder(io) };
}

/** Starts the server on its own: it outlives this process, its output goes to a file. */
function launch(io: Io, log: string) {
  const { root, program } = serverProgram(io);
  mkdirSync(join(homeFolder(io), 'logs'), { recursive: true });
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [program], {
      cwd: root,
      env: serverEnvironment(io, root),
      detached: true,
      stdio: ['ignore', output, output],
    });
    let exit: number | null = null;
    let fault: Error | null = null;
    child.on('exit', (code) => {
      exit = code ?? 1;
    });
    child.on('error', (error) => {
      fault = error;
    });
    child.unref();
    return {
      ended: () => (fault ? fault.message : exit === null ? null : `it ended with exit code ${exit}`),
    };
  } finally {
    closeSync(output);
  }
}

function lastLines(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

function startFailure(log: string, why: string): CliError {
  const said = lastLines(log, 5);
  return new CliError('dependency', `The local server did not start: ${why}.${said ? `\n${said}` : ''}`, {
    code: 'server_start_failed',
    hint: `Its whole output is in ${log}; check the machine with: npx forge doctor`,
  });
}

async function isHealthy(client: ApiClient): Promise<boolean> {
  try {
    return (await client.getHealth(2)).status === 'ok';
  } catch (error) {
    // An answer of another kind, such as a refusal, will not become health by waiting.
    if (
      error instanceof CliError &&
      isErrorKind(error.kind) &&
      ['dependency', 'timeout'].includes(error.kind)
    )
      return false;
    throw error;
  }
}

async function waitUntil(
  done: () => Promise<boolean>,
  seconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !signal?.aborted) {
    if (await done()) return true;
    await pause(POLL_MS);
  }
  return false;
}

/** The server that an address names, or else the home's, which is started when there is none. */
export async function ensureServer({ io, flags, client, signal, aborted }: Context): Promise<LocalServer> {
  const { url, named } = endpointOf(io, flags.endpoint);
  if (named) {
    await client.getHealth();
    return { url, pid: null, started: false };
  }
  const home = homeFolder(io);
  const known = livingServer(home);
  const log = serverLog(io);
  const process = known ? null : launch(io, log);
  const healthy = async () => {
    const why = process?.ended();
    if (why) throw startFailure(log, why);
    return livingServer(home) !== null && (await isHealthy(client));
  };
  if (!(await waitUntil(healthy, START_SECONDS, signal))) {
    if (signal.aborted) throw aborted();
    throw startFailure(log, `no answer within ${START_SECONDS} s`);
  }
  const record = livingServer(home);
  if (!record) throw startFailure(log, 'it left no server.json');
  return { url: record.url, pid: record.pid, started: known === null };
}

/** Ends the server in an orderly way; it may take its time to write checkpoints. */
export async function stopServer({ pid }: LocalServer): Promise<boolean> {
  if (pid === null || !isAlive(pid)) return true;
  process.kill(pid, 'SIGTERM');
  return waitUntil(async () => !isAlive(pid), STOP_SECONDS);
}
