/** The real reader of checkpoints, in one Python process that answers for as long as it is asked. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT } from '#test/support/fixture-tree.ts';

/** Everything of a job's checkpoints as it was when one of them was the newest. */
export interface World {
  readonly pointer: string;
  /** Oldest first; the pointer names the last. `files`: path of each by what it is. */
  readonly checkpoints: readonly {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
  }[];
  /** Of all that is loaded from the newest checkpoint. */
  readonly digest: string;
}

export interface Reading {
  /** Null when nothing was loaded. */
  readonly digest: string | null;
  /** Files that a CheckpointRejected event named, below the job's prefix. */
  readonly rejected: readonly string[];
  readonly error: string | null;
}

export interface CheckpointReader {
  readonly worlds: readonly World[];
  read(world: number): Promise<Reading>;
  close(): Promise<void>;
}

/** @param folder for the worlds; empty */
export async function openReader(
  task: string,
  index: number | null,
  folder: string,
): Promise<CheckpointReader> {
  const program = join(PROJECT, 'scripts', 'faults', 'checkpoint_reader.py');
  const child = spawn(
    join(PROJECT, '.venv', 'bin', 'python'),
    [program, task, index === null ? 'none' : String(index), folder],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: join(PROJECT, 'containers'),
        FORGE_CONTRACTS: join(PROJECT, 'contracts'),
        OMP_NUM_THREADS: '1',
      },
    },
  );
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <Body>(): Promise<Body> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the reader of checkpoints ended: ${said.slice(-2000)}`);
    return JSON.parse(value) as Body;
  };
  const worlds = await answer<readonly World[]>();
  return {
    worlds,
    read(world) {
      child.stdin.write(`${JSON.stringify({ world })}\n`);
      return answer<Reading>();
    },
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
