/** Runs ternary.py in the set-up's Python: one thread, the package from its folder. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** @returns the figures, see record.ts */
export async function run({ root, tiny }) {
  const program = join(root, 'scripts', 'bench', 'ternary.py');
  const child = spawnSync(join(root, '.venv', 'bin', 'python'), [program, tiny ? 'tiny' : 'full'], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: join(root, 'containers'),
      FORGE_CONTRACTS: join(root, 'contracts'),
      OMP_NUM_THREADS: '1',
    },
  });
  if (child.status === 0) return JSON.parse(child.stdout);
  throw new Error(`ternary.py ended with ${child.status ?? child.signal}: ${child.error ?? child.stderr}`);
}
