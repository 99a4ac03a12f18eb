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
  /** What all jobs have in common, so that an interpreter can be kept warm for them. */
  readonly python: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param root the repository: holds `containers/` and `.venv/`. */
export function jobProcess(root: string, environment: NodeJS.ProcessEnv): JobProcess {
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
    // As in the image: the order of a set is then the same in every process, fresh or forked.
    PYTHONHASHSEED: '0',
    FORGE_CONTRACTS: join(root, 'contracts'),
    ...(environment.FORGE_LEASE_SECONDS && { FORGE_LEASE_SECONDS: environment.FORGE_LEASE_SECONDS }),
  };
  const folder = join(root, 'containers');
  const command: JobProcess['command'] = (job) => {
    requireExecutable(python);
    const words = job.container?.command ?? [];
    return { file: python, args: ['-m', 'agent_forge', ...words], env, cwd: folder };
  };
  return { command, python, folder, env };
}

function requireExecutable(python: string): void {
  try {
    accessSync(python, constants.X_OK);
  } catch {
    throw new ForgeError('dependency', `There is no Python at ${python}.`, { hint: 'Run: npm run setup' });
  }
}
