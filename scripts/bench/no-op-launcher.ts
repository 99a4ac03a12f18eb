/** Stands in for local/jobs/fork-launcher.ts in bench builds: a job "runs" by leaving its result at once. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import type { ForkLauncher } from '#local/jobs/fork-launcher.ts';
import type { Launcher, LaunchRequest } from '#local/jobs/launcher.ts';
import { writeNoOpResult } from './no-op-result.ts';

/** Above what Linux gives to any process: supervision finds it ended and reads the exit record. */
const NOBODY = { pid: 4_194_305, birth: 'never' };

function runAtOnce({ args, env, stdoutPath, stderrPath, claimPath, exitPath }: LaunchRequest): void {
  writeFileSync(claimPath, `${NOBODY.pid}\n\n${NOBODY.birth}\n`, { flag: 'wx' });
  const task = JSON.parse(readFileSync(fileURLToPath(args.at(-1) ?? ''), 'utf8')) as TaskSpec;
  writeNoOpResult(task, {
    jobId: env.AWS_BATCH_JOB_ID ?? '',
    attempt: Number(env.AWS_BATCH_JOB_ATTEMPT ?? '1'),
  });
  const at = new Date().toISOString();
  const data = { step: 1, steps: 1, fraction: 1, message: task.stage.name };
  writeFileSync(stdoutPath, `${JSON.stringify({ type: 'phase_progress', at, data })}\n`, { flag: 'a' });
  writeFileSync(stderrPath, `stage ${task.stage.name} of ${task.phase}\n`, { flag: 'a' });
  writeFileSync(exitPath, '{"exitCode":0}\n');
}

const launch: Launcher['launch'] = async (request, onExit) => {
  if (!existsSync(request.exitPath)) runAtOnce(request);
  queueMicrotask(() => onExit(0));
  return NOBODY;
};

/** Takes the options of the real one and needs none of them. */
export function createForkLauncher(_options: unknown): ForkLauncher {
  return { launch, warmUp: () => undefined, close: async () => undefined };
}
