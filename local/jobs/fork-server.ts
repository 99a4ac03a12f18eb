import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForkConnection } from './fork-connection.ts';

/** Which interpreter is kept warm, and for how long. */
export interface ForkServerSettings {
  readonly python: string;
  /** Holds the package `agent_forge`; jobs that are to be forked have it as their working directory. */
  readonly folder: string;
  /** The server's environment; a job gets its own, but what acts when an interpreter starts must be the same in both. */
  readonly env: Readonly<Record<string, string>>;
  /** For the socket; other users must not be able to enter it. */
  readonly socketDirectory: string;
  readonly logPath: string;
  /** How long a server may take to load everything. */
  readonly startMilliseconds: number;
  readonly answerMilliseconds: number;
  /** How long a server without clients and jobs stays. */
  readonly idleSeconds: number;
}

/** The kernel takes 104 to 108 bytes for a socket's address, and the server first binds a name 8 bytes longer. */
const LONGEST_SOCKET_PATH = 95;
const POLL_MILLISECONDS = 20;

/** Read once, when the interpreter or its libraries start: a fork cannot change them any more. */
const START_VARIABLE = /^(PYTHON|LD_|DYLD_|OMP_|GOMP_|KMP_|MKL_|OPENBLAS_|MALLOC_|GLIBC_|TORCH_|LANG$|LC_)/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What of an environment a fork inherits whether it wants or not. */
export const startVariables = (env: Readonly<Record<string, string>>): string =>
  JSON.stringify(
    Object.entries(env)
      .filter(([name]) => START_VARIABLE.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** The socket of the server for this code, interpreter and environment: whoever wants the same finds it. */
export function socketPath(
  { python, folder, env, socketDirectory }: ForkServerSettings,
  hash: string,
): string {
  const name = `${sha256([hash, python, folder, startVariables(env)].join('\n')).slice(0, 12)}.sock`;
  const path = join(socketDirectory, name);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const { uid } = userInfo();
  return join(tmpdir(), `agent-forge-${uid}-${sha256(socketDirectory).slice(0, 8)}`, name);
}

/** The server that listens already, or a new one. Rejects with what a person can act on. */
export async function obtainForkServer(
  settings: ForkServerSettings,
  hash: string,
  signal: AbortSignal,
): Promise<ForkConnection> {
  const path = socketPath(settings, hash);
  makePrivate(dirname(path));
  const adopted = await greet(path, hash, settings).catch(() => undefined);
  return adopted ?? startForkServer(settings, path, hash, signal);
}

/** Where others could put a socket of theirs, no job is started. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  if (!stats.isDirectory() || stats.uid !== userInfo().uid || (stats.mode & 0o077) !== 0) {
    throw new Error(
      `${directory} must be a directory that belongs to you and has mode 700; correct or remove it`,
    );
  }
}

async function greet(
  path: string,
  hash: string,
  { answerMilliseconds }: ForkServerSettings,
): Promise<ForkConnection> {
  const connection = await ForkConnection.open(path);
  try {
    const { packageHash } = await connection.ask({ type: 'ping' }, answerMilliseconds);
    if (packageHash === hash) return connection;
    throw new Error(`it has loaded package ${packageHash}, not ${hash}`);
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

async function startForkServer(
  settings: ForkServerSettings,
  path: string,
  hash: string,
  signal: AbortSignal,
): Promise<ForkConnection> {
  rmSync(path, { force: true });
  const child = spawnForkServer(settings, path);
  let ended: string | undefined;
  child.once('error', (cause) => {
    ended = cause.message;
  });
  child.once('exit', (code, killer) => {
    ended = `it ended with ${killer ?? code}; see ${settings.logPath}`;
  });
  try {
    for (const end = performance.now() + settings.startMilliseconds; ; ) {
      signal.throwIfAborted();
      if (ended !== undefined) throw new Error(ended);
      if (performance.now() > end) {
        throw new Error(`it was not ready after ${settings.startMilliseconds / 1000} seconds`);
      }
      await sleep(POLL_MILLISECONDS);
      if (lstatSync(path, { throwIfNoEntry: false })) return await greet(path, hash, settings);
    }
  } catch (cause) {
    child.kill('SIGKILL');
    throw cause;
  }
}

function spawnForkServer(
  { python, folder, env, logPath, idleSeconds }: ForkServerSettings,
  path: string,
): ChildProcess {
  mkdirSync(dirname(logPath), { recursive: true });
  const log = openSync(logPath, 'a');
  try {
    const args = [
      '-m',
      'agent_forge',
      'fork-server',
      '--socket',
      path,
      '--idle-seconds',
      String(idleSeconds),
    ];
    const child = spawn(python, args, { cwd: folder, env, detached: true, stdio: ['ignore', log, log] });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Lets servers of other versions of the package go, which end with their last job, and removes sockets of dead ones. */
export async function retireOthers(settings: ForkServerSettings, hash: string): Promise<void> {
  const own = socketPath(settings, hash);
  const others = readdirSync(dirname(own))
    .filter((name) => name.endsWith('.sock'))
    .map((name) => join(dirname(own), name))
    .filter((path) => path !== own);
  for (const path of others) {
    const connection = await ForkConnection.open(path).catch(() => undefined);
    if (connection) await retire(connection, settings);
    else rmSync(path, { force: true });
    connection?.close();
  }
}

/** Asks a server to take no more jobs and to end with the last one; one that does not answer ends when it is idle. */
export async function retire(connection: ForkConnection, settings: ForkServerSettings): Promise<void> {
  await connection.ask({ type: 'retire' }, settings.answerMilliseconds).catch(() => undefined);
}
