import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs a bench written in Python in the set-up's Python: one thread, the package from its folder.
 * @param name file below scripts/bench, without its ending
 * @param words its arguments
 * @returns the figures, see record.ts
 */
export function runPythonBench(root, name, words) {
  const child = spawnSync(
    join(root, '.venv', 'bin', 'python'),
    [join(root, 'scripts', 'bench', `${name}.py`), ...words],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: join(root, 'containers'),
        FORGE_CONTRACTS: join(root, 'contracts'),
        OMP_NUM_THREADS: '1',
      },
    },
  );
  if (child.status === 0) return JSON.parse(child.stdout);
  throw new Error(`${name}.py ended with ${child.status ?? child.signal}: ${child.error ?? child.stderr}`);
}
