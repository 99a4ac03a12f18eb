/** The built command line as processes, in a home of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cli-harness.ts';

const FORGE = join(ROOT, 'dist', 'cli', 'forge.mjs');

/** As small as the phase allows: what it learns is nothing, what it does is everything. */
export const TINY_DOCUMENT = `apiVersion: forge/v1
name: tiny
phases: [cognate]
input: { corpus: sotu }
config:
  cognate: { d_model: 32, num_layers: 1, num_heads: 2, d_ff: 32, vocab_size: 320, seq_len: 16, window: 8,
    batch_size: 2, steps: 4, warmup_steps: 1, ltm_dim: 8, ltm_chunk: 8, held_out_every: 2,
    tokenizer_bytes: 20000, train_tokens: 2000, held_out_tokens: 256, eval_stride: 16, probe_items: 4, log_every: 1 }
`;

type Environment = Readonly<Record<string, string>>;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once a text has come on stderr. */
  heard(text: string): Promise<void>;
}

export interface CliHome {
  readonly home: string;
  start(argv: readonly string[], env?: Environment): Started;
  run(argv: readonly string[], env?: Environment): Promise<Ended>;
  /** The one document that a verb prints with --json; the verb has to succeed, and to say nothing else there. */
  json(argv: readonly string[]): Promise<unknown>;
  /** Ends what still runs and removes the home. */
  end(): void;
}

function listen(child: ChildProcess): Started {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, ...texts }));
  });
  const heard = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => texts.stderr.includes(text) && resolve();
      child.stderr?.on('data', look);
      child.on('close', () => reject(new Error(`it ended without "${text}":\n${texts.stderr}`)));
      look();
    });
  return { child, ended, heard };
}

export function cliHome(): CliHome {
  if (!existsSync(FORGE)) throw new Error(`There is no ${FORGE}; build it with: npm run build`);
  const home = mkdtempSync(join(tmpdir(), 'forge-e2e-'));
  const children = new Set<ChildProcess>();
  const start = (argv: readonly string[], env: Environment = {}): Started => {
    const { FORGE_ENDPOINT: _endpoint, FORGE_TOKEN: _token, ...own } = process.env;
    const child = spawn(process.execPath, [FORGE, ...argv], {
      env: { ...own, FORGE_HOME: home, FORGE_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.on('close', () => children.delete(child));
    return listen(child);
  };
  const run = (argv: readonly string[], env?: Environment) => start(argv, env).ended;
  return {
    home,
    start,
    run,
    async json(argv) {
      const { exitCode, stdout, stderr } = await run([...argv, '--json']);
      const said = exitCode === 0 ? '' : stderr;
      expect({ argv, exitCode, stderr: said }).toEqual({ argv, exitCode: 0, stderr: '' });
      return JSON.parse(stdout);
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
      const record = join(home, 'server.json');
      if (existsSync(record)) {
        const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number };
        process.kill(pid, 'SIGKILL');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
