import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError } from './errors.ts';
import { type ForkConnection, ForkServerFailure } from './fork-connection.ts';
import {
  type ForkServerSettings,
  obtainForkServer,
  retire,
  retireOthers,
  startVariables,
} from './fork-server.ts';
import type { ProcessIdentity } from './job.ts';
import type { Launcher, LaunchRequest } from './launcher.ts';
import { packageHasher } from './package-hash.ts';
import { isAlive, parseClaim, readIfThere } from './process.ts';
import { createSpawnLauncher } from './spawn-launcher.ts';

const PACKAGE = 'agent_forge';
/** A server that keeps crashing is given up until the package changes. */
const MAXIMUM_STARTS = 3;
const POLL_MILLISECONDS = 5;

type OnExit = Parameters<Launcher['launch']>[1];

export interface ForkLauncherOptions
  extends Pick<ForkServerSettings, 'python' | 'folder' | 'env' | 'socketDirectory' | 'logPath'> {
  /** Told once when jobs start in fresh processes because there is no fork server. */
  onFault(error: Error): void;
  /** @default 30000 */
  readonly startMilliseconds?: number;
  /** @default 10000 */
  readonly answerMilliseconds?: number;
  /** @default 600 */
  readonly idleSeconds?: number;
}

export interface ForkLauncher extends Launcher {
  /** Begins to load what jobs need; returns at once. */
  warmUp(): void;
  /** The server ends with its last job. What is launched afterwards is a fresh process. */
  close(): Promise<void>;
}

/** One version of the package, and the server that has loaded it. */
interface Held {
  readonly hash: string;
  readonly starts: number;
  readonly connection: Promise<ForkConnection | undefined>;
  /** Set when the connection is there. */
  open?: ForkConnection;
  warned: boolean;
}

/** Starts the container's jobs as forks of a warm interpreter, and everything else as fresh processes. */
export function createForkLauncher(options: ForkLauncherOptions): ForkLauncher {
  return new WarmLauncher(options);
}

class WarmLauncher implements ForkLauncher {
  readonly #settings: ForkServerSettings;
  readonly #onFault: (error: Error) => void;
  readonly #fresh = createSpawnLauncher();
  readonly #hash: () => string;
  readonly #closing = new AbortController();
  #held: Held | undefined;

  constructor({ onFault, ...options }: ForkLauncherOptions) {
    this.#settings = { startMilliseconds: 30_000, answerMilliseconds: 10_000, idleSeconds: 600, ...options };
    this.#onFault = onFault;
    this.#hash = packageHasher(options.folder, PACKAGE);
  }

  warmUp(): void {
    this.#lookUp();
  }

  async launch(request: LaunchRequest, onExit: OnExit): Promise<ProcessIdentity> {
    const held = this.#canFork(request) ? this.#lookUp() : undefined;
    const connection = await held?.connection;
    if (!held || !connection) return this.#fresh.launch(request, onExit);
    // Fails here as it would for a fresh process.
    for (const path of [request.stdoutPath, request.stderrPath]) closeSync(openSync(path, 'a'));
    try {
      return await fork(connection, request, onExit, this.#settings.answerMilliseconds);
    } catch (cause) {
      this.#warn(held, cause);
      const refused = cause instanceof ForkServerFailure && cause.refused;
      return refused
        ? this.#fresh.launch(request, onExit)
        : launchUnlessClaimed(this.#fresh, request, onExit);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the launcher was closed'));
    const connection = await this.#held?.connection;
    if (!connection) return;
    await retire(connection, this.#settings);
    connection.close();
  }

  #canFork({ file, cwd, args, env }: LaunchRequest): boolean {
    const { python, folder, env: own } = this.#settings;
    return (
      !this.#closing.signal.aborted &&
      file === python &&
      cwd === folder &&
      args[0] === '-m' &&
      args[1] === PACKAGE &&
      args[2] === 'run' &&
      startVariables(env) === startVariables(own)
    );
  }

  /** The server for the package as it is now; undefined if the package cannot be read. */
  #lookUp(): Held | undefined {
    const before = this.#held;
    let hash: string;
    try {
      hash = this.#hash();
    } catch (cause) {
      this.#onFault(slower(cause));
      return undefined;
    }
    if (before?.hash === hash) {
      if (before.open?.usable !== false || before.starts >= MAXIMUM_STARTS) return before;
      this.#held = this.#hold(hash, before.starts + 1);
    } else {
      // Its connection stays open: it still tells of the ends of its jobs.
      before?.connection.then((connection) => connection && retire(connection, this.#settings));
      this.#held = this.#hold(hash, 1);
    }
    return this.#held;
  }

  #hold(hash: string, starts: number): Held {
    const { signal } = this.#closing;
    const connection = obtainForkServer(this.#settings, hash, signal)
      .then((open) => {
        held.open = open;
        // Tidying up: nobody waits for it, and what it cannot do ends by itself when idle.
        retireOthers(this.#settings, hash).catch(() => undefined);
        return open;
      })
      .catch((cause: unknown) => {
        if (!signal.aborted) this.#warn(held, cause);
        return undefined;
      });
    const held: Held = { hash, starts, connection, warned: false };
    return held;
  }

  #warn(held: Held, cause: unknown): void {
    if (!held.warned) this.#onFault(slower(cause));
    held.warned = true;
  }
}

const slower = (cause: unknown): Error =>
  new Error(
    `Jobs start seconds later, in fresh processes, because of the fork server: ${asError(cause).message}`,
    {
      cause,
    },
  );

async function fork(
  connection: ForkConnection,
  { args, env, cwd, stdoutPath, stderrPath, claimPath, exitPath }: LaunchRequest,
  onExit: OnExit,
  milliseconds: number,
): Promise<ProcessIdentity> {
  const paths = { cwd, stdoutPath, stderrPath, claimPath, exitPath };
  const request = { type: 'launch', args: args.slice(2), env, ...paths };
  const { identity = '' } = await connection.ask(request, milliseconds, onExit);
  const known = parseClaim(identity);
  if (!known) throw new ForkServerFailure(`The fork server named its job ${identity}`, false);
  return known;
}

/**
 * For a launch that was sent and not answered. Both processes want the one claim, so the job runs once; whoever has the
 * claim is its process.
 */
async function launchUnlessClaimed(
  launcher: Launcher,
  request: LaunchRequest,
  onExit: OnExit,
): Promise<ProcessIdentity> {
  let own: boolean | undefined;
  let ended: { readonly code: number | null } | undefined;
  const fresh = await launcher.launch(request, (code) => {
    ended = { code };
    if (own) onExit(code);
  });
  let claim: string | undefined;
  for (let alive = true; alive && claim === undefined; await sleep(POLL_MILLISECONDS)) {
    alive = isAlive(fresh);
    claim = readIfThere(request.claimPath);
  }
  const holder = parseClaim(claim ?? '');
  own = holder === undefined || holder.pid === fresh.pid;
  if (own && ended) onExit(ended.code);
  return own || !holder ? fresh : holder;
}
