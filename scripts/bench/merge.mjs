/** Runs merge.py in the set-up's Python: whole processes, merged models of 95.5 million parameters. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** @returns the figures, see record.ts */
export async function run({ root, folder, tiny }) {
  const program = join(root, 'scripts', 'bench', 'merge.py');
  const python = join(root, '.venv', 'bin', 'python');
  const child = spawnSync(python, [program, tiny ? 'tiny' : 'full', folder], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PYTHONPATH: join(root, 'containers'), OMP_NUM_THREADS: '1' },
  });
  if (child.status === 0) return JSON.parse(child.stdout);
  throw new Error(`merge.py ended with ${child.status ?? child.signal}: ${child.error ?? child.stderr}`);
}
