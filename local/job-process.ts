/** The process behind a job: the container's entry point, run by the set-up's Python instead of by Docker. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { ForgeError } from '#core/domain/errors.ts';
import type { JobDetail } from './jobs/job.ts';
import type { JobCommand } from './jobs/runner-api.ts';

/** Variables that a job may see of the server's environment; everything else stays out, secrets above all. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'LD_LIBRARY_PATH'];

export interface JobProcess {
  readonly command: (job: JobDetail, attempt: number) => JobCommand;
}

/** @param root the repository: holds `containers/` and `.venv/`. */
export function jobProcess(root: string, environment: NodeJS.ProcessEnv): JobProcess['command'] {
  const python = environment.FORGE_JOB_PYTHON ?? join(root, '.venv', 'bin', 'python');
  const passed = PASSED_ON.flatMap((name) =>
    environment[name] === undefined ? [] : [[name, environment[name]]],
  );
  const env = {
    ...(Object.fromEntries(passed) as Record<string, string>),
    // Two PyTorch processes that both believe they own every core run many times slower than one thread each.
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    PYTHONUNBUFFERED: '1',
    FORGE_CONTRACTS: join(root, 'contracts'),
  };
  return (job) => {
    requireExecutable(python);
    const command = job.container?.command ?? [];
    return { file: python, args: ['-m', 'agent_forge', ...command], env, cwd: join(root, 'containers') };
  };
}

function requireExecutable(python: string): void {
  try {
    accessSync(python, constants.X_OK);
  } catch {
    throw new ForgeError('dependency', `There is no Python at ${python}.`, { hint: 'Run: npm run setup' });
  }
}
