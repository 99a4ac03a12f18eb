import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createForkLauncher,
  type ForkLauncher,
  type ForkLauncherOptions,
} from '#local/jobs/fork-launcher.ts';
import type { ForkServerSettings } from '#local/jobs/fork-server.ts';
import type { ProcessIdentity } from '#local/jobs/job.ts';
import type { Launcher, LaunchRequest } from '#local/jobs/launcher.ts';
import { eventually, runs } from './harness.ts';

const CONTAINERS = resolve(__dirname, '../../../containers');
export const PYTHON = resolve(__dirname, '../../../.venv/bin/python');
export const ENV = {
  PATH: process.env.PATH ?? '',
  OMP_NUM_THREADS: '1',
  PYTHONUNBUFFERED: '1',
  PYTHONHASHSEED: '0',
};

/** Script: prints the number of the process that forked the job's leader. */
export const SERVER_OF_LEADER =
  'import os\nprint(open(f"/proc/{os.getppid()}/stat").read().split()[3], flush=True)\n';
/** Script: goes on until the desk gives the sign, then ends with 5. */
export const UNTIL_SIGN =
  'import os, time\nprint("started", flush=True)\nwhile not os.path.exists(environment["SIGN"]): time.sleep(0.005)\ncode = 5\n';

/** A launch and what became of it. */
export interface Launched {
  readonly request: LaunchRequest;
  readonly identity: ProcessIdentity;
  /** Exit codes that the launcher told. */
  readonly told: (number | null)[];
  text(kind: 'out' | 'err' | 'exit' | 'claim'): string;
  /** Waits for the exit record. */
  exitCode(): Promise<number>;
}

/** A copy of the real package whose jobs are Python scripts, so that its server is warm in a blink; and its launchers. */
export class WarmDesk {
  readonly directory = mkdtempSync(join(tmpdir(), 'fw-'));
  readonly folder = join(this.directory, 'containers');
  readonly home = join(this.directory, 'home');
  readonly faults: string[] = [];
  readonly #launchers: ForkLauncher[] = [];
  #count = 0;

  constructor() {
    mkdirSync(this.folder);
    cpSync(join(CONTAINERS, 'agent_forge'), this.module(''), { recursive: true });
    for (const [name, target] of [
      ['scripted_entrypoint.py', 'entrypoint.py'],
      ['scripted_preload.py', 'fork_server/preload.py'],
    ] as const) {
      cpSync(join(CONTAINERS, 'tests/support', name), this.module(target));
    }
  }

  /** A file of the copied package. */
  module(path: string): string {
    return join(this.folder, 'agent_forge', path);
  }

  launcher(options: Partial<ForkLauncherOptions> = {}): ForkLauncher {
    const launcher = createForkLauncher({
      ...this.#interpreter(),
      onFault: ({ message }) => this.faults.push(message),
      ...options,
    });
    this.#launchers.push(launcher);
    return launcher;
  }

  settings(change: Partial<ForkServerSettings> = {}): ForkServerSettings {
    const times = { startMilliseconds: 60_000, answerMilliseconds: 10_000, idleSeconds: 60 };
    return { ...this.#interpreter(), ...times, ...change };
  }

  #interpreter() {
    return {
      python: PYTHON,
      folder: this.folder,
      env: ENV,
      socketDirectory: join(this.home, 'fork'),
      logPath: join(this.home, 'logs', 'fork-server.log'),
    };
  }

  /** The file for which UNTIL_SIGN waits. */
  get sign(): string {
    return join(this.directory, 'sign');
  }

  waiting(): Pick<LaunchRequest, 'env'> {
    return { env: { ...ENV, SIGN: this.sign } };
  }

  giveSign(): void {
    writeFileSync(this.sign, '');
  }

  request(script: string, change: Partial<LaunchRequest> = {}): LaunchRequest {
    this.#count += 1;
    const stem = join(this.directory, `job-${this.#count}`);
    writeFileSync(`${stem}.py`, script);
    return {
      file: PYTHON,
      args: ['-m', 'agent_forge', 'run', '--task', `file://${stem}.py`],
      env: { ...ENV, AWS_BATCH_JOB_ID: `job-${this.#count}` },
      cwd: this.folder,
      stdoutPath: `${stem}.out`,
      stderrPath: `${stem}.err`,
      claimPath: `${stem}.claim`,
      exitPath: `${stem}.exit`,
      ...change,
    };
  }

  async launch(launcher: Launcher, script: string, change: Partial<LaunchRequest> = {}): Promise<Launched> {
    const request = this.request(script, change);
    const told: (number | null)[] = [];
    const identity = await launcher.launch(request, (code) => told.push(code));
    const text = (kind: 'out' | 'err' | 'exit' | 'claim'): string => {
      const path = {
        out: request.stdoutPath,
        err: request.stderrPath,
        exit: request.exitPath,
        claim: request.claimPath,
      }[kind];
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    };
    const exitCode = async (): Promise<number> => {
      await eventually(`an exit record of ${request.args}: ${text('err')}`, () => text('exit') !== '');
      return (JSON.parse(text('exit')) as { exitCode: number }).exitCode;
    };
    return { request, identity, told, text, exitCode };
  }

  /** Numbers of the fork servers of this desk that run now. */
  servers(): string[] {
    const lines = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).stdout.split('\n');
    const own = lines
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words.includes('fork-server') && words.some((word) => word.startsWith(this.home)));
    const pids = own.map(([pid = '']) => pid);
    // Leaders and jobs carry their server's command line: what has a server for its parent is none.
    return own
      .filter(([pid = '', parent = '']) => !pids.includes(parent) && runs(pid) && leads(pid))
      .map(([pid = '']) => pid);
  }

  /** The number of the one server there is. */
  async onlyServer(): Promise<string> {
    await eventually('one server', () => this.servers().length === 1);
    return this.servers()[0] ?? '';
  }

  sockets(): string[] {
    return readdirSync(join(this.home, 'fork')).map((name) => join(this.home, 'fork', name));
  }

  async close(): Promise<void> {
    for (const launcher of this.#launchers) await launcher.close();
    for (const pid of this.servers()) process.kill(Number(pid), 'SIGKILL');
    // Asynchronous, because only that one waits and tries again while a killed process writes its last line.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** A server was told to ignore nothing and catches SIGCHLD, which no leader does. */
function leads(pid: string): boolean {
  const caught = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & (1n << 16n)) !== 0n;
}
