/** The real server in a process of its own, bundled from the sources as they are, with a home of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Run } from '#core/domain/run.ts';
import { fixtureTree, PROJECT } from './fixture-tree.ts';

let bundled: string | undefined;

/** Below the repository, because the bundle finds libsql in its packages. */
function bundle(): string {
  if (bundled) return bundled;
  const file = join(PROJECT, 'dist', 'test', `server-${process.pid}.mjs`);
  execFileSync(process.execPath, [join(PROJECT, 'test/support/bundle-server.mjs'), file], { cwd: PROJECT });
  bundled = file;
  return file;
}

/** Starts servers from a bundle that is there already. */
export function useBundle(file: string): void {
  bundled = file;
}

/** Deletes the bundle of this test file. */
export function removeBundle(): void {
  if (bundled) rmSync(bundled, { force: true });
  bundled = undefined;
}

/** Jobs run a program that learns nothing instead of the container. */
export const FAKE_JOBS = { FORGE_JOB_PYTHON: join(PROJECT, 'test/support/fake-container.mjs') };
export const CORPUS = '{"id":"one","text":"Fellow citizens"}\n{"id":"two","text":"of the Senate"}\n';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What the fake container noted about one attempt. */
export interface Note {
  readonly what: 'begin' | 'end' | 'stopped';
  readonly runId: string;
  readonly stage: string;
  readonly index: number | null;
  readonly attempt: number;
  readonly pid: number;
}

/** Waits until `look` gives something; fails with what was waited for. */
export async function until<Found>(
  what: string,
  seconds: number,
  look: () => Found | null | undefined | false | Promise<Found | null | undefined | false>,
): Promise<Found> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(25);
  }
}

export class ServerProcess {
  readonly home: string;
  url = '';
  stdout = '';
  stderr = '';
  #child: ChildProcess | undefined;
  readonly #environment: Readonly<Record<string, string>>;

  /**
   * @param environment variables beside the usual ones; FORGE_JOB_PYTHON replaces the container's Python.
   * @param home another server's, to share it. @default a fresh one
   */
  constructor(environment: Readonly<Record<string, string>> = {}, home = fixtureTree({ '.keep': '' })) {
    this.#environment = environment;
    this.home = home;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Slows stages of the fake container down, or makes them fail. */
  plan(stages: Readonly<Record<string, { ms?: number; exit?: number; deaf?: boolean }>>): void {
    writeFileSync(join(this.home, 'plan.json'), JSON.stringify(stages));
  }

  notes(): readonly Note[] {
    const lines = readFileOr(join(this.home, 'attempts.ndjson'), '').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Note);
  }

  /** Starts and waits for the line that says where it listens, or for its end. */
  async start(): Promise<number | null> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      FORGE_HOME: join(this.home, '.forge'),
      FORGE_ROOT: PROJECT,
      FORGE_PORT: '0',
      ...this.#environment,
    };
    const child = spawn(process.execPath, [bundle()], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.stdout = '';
    child.stdout.on('data', (chunk) => {
      this.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    await until(
      `a server that listens; it said: ${this.stderr}`,
      30,
      () => this.stdout.includes('\n') || child.exitCode !== null,
    );
    if (child.exitCode === null) this.url = JSON.parse(this.stdout.split('\n')[0] ?? '{}').url;
    return child.exitCode;
  }

  /** Sends a signal and waits for the end of the process. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** Stops the server and whatever works for its home: jobs, and the interpreter that is kept warm for them. */
  async end(): Promise<void> {
    await this.stop('SIGKILL');
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      if (!readFileOr(`/proc/${name}/cmdline`, '').includes(this.home)) continue;
      try {
        process.kill(Number(name), 'SIGKILL');
      } catch {
        // It ended by itself between the look and the signal.
      }
    }
  }

  file(name: string): string {
    return readFileOr(join(this.home, '.forge', name), '');
  }

  async api<Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.file('token').trim()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const answer = await fetch(this.url + path, init);
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return {
      status: answer.status,
      headers: answer.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  }

  /** Uploads and registers documents, as the command line does. */
  async addCorpus(text = CORPUS): Promise<void> {
    const bytes = Buffer.from(text);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const facts = { sha256, bytes: bytes.length, mediaType: 'application/x-ndjson' };
    const offer = await this.api<{ url: string; headers: Record<string, string> }>(
      'POST',
      '/v1/uploads',
      facts,
    );
    const put = await fetch(offer.body.url, { method: 'PUT', headers: offer.body.headers, body: bytes });
    if (put.status !== 200) throw new Error(`upload refused: ${await put.text()}`);
    await this.api('POST', '/v1/corpora', { name: 'speeches', sha256, licence: 'public domain' });
  }

  async submit(key = 'key', change: Readonly<Record<string, unknown>> = {}): Promise<Run> {
    const document = {
      apiVersion: 'forge/v1',
      name: 'toy',
      phases: ['cognate'],
      preset: 'test',
      input: { corpus: 'speeches' },
      ...change,
    };
    const answer = await this.api<Run>('POST', '/v1/runs', document, { 'idempotency-key': key });
    if (answer.status !== 202) throw new Error(`run refused: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async run(id: string): Promise<Run> {
    return (await this.api<Run>('GET', `/v1/runs/${id}`)).body;
  }

  async ended(id: string, seconds: number): Promise<Run> {
    return until(
      `the end of run ${id}; the server said ${this.stderr} ${this.file('logs/faults.ndjson')}`,
      seconds,
      async () => {
        const run = await this.run(id);
        return run.endedAt !== null && run;
      },
    );
  }

  async events(id: string): Promise<readonly ForgeEvent[]> {
    return (await this.api<{ items: ForgeEvent[] }>('GET', `/v1/runs/${id}/events`)).body.items;
  }
}

function readFileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
