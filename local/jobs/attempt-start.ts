import { mkdirSync, writeFileSync } from 'node:fs';
import type { Alarm } from './alarm.ts';
import { attemptFiles, claimPath } from './attempt-files.ts';
import { describeJob } from './describe.ts';
import { attemptEnvironment } from './environment.ts';
import { asError } from './errors.ts';
import type { AttemptRecord, ProcessIdentity } from './job.ts';
import type { JobTable } from './job-table.ts';
import { parseClaim, readIfThere } from './process.ts';
import { attemptOf, withAttempt } from './records.ts';
import type { RunnerSettings } from './runner-api.ts';
import { type AttemptEnd, TASK_FAILED_TO_START } from './verdict.ts';

export interface RunningProcess {
  readonly identity: ProcessIdentity;
  /** The exit code as its launcher saw it; null for a process that an earlier runner launched. */
  readonly exited: Promise<number | null> | null;
}

export interface AttemptStart {
  readonly number: number;
  /** True after a restart, when the process may exist already. */
  readonly resumed: boolean;
  /** Rung when the process ends. */
  readonly alarm: Alarm;
}

/**
 * The process of an attempt: the one known, the one that a crashed runner launched unseen, or a new one. In the last two
 * cases it is journalled as RUNNING before this returns. An attempt that cannot start has ended.
 */
export async function startAttempt(
  { settings, table }: { readonly settings: RunnerSettings; readonly table: JobTable },
  jobId: string,
  { number, resumed, alarm }: AttemptStart,
): Promise<RunningProcess | AttemptEnd> {
  const patch = (change: Partial<AttemptRecord>) => withAttempt(table.demand(jobId), number, change);
  const known = attemptOf(table.demand(jobId), number);
  if (known.process) return { identity: known.process, exited: null };

  let process: RunningProcess | undefined;
  try {
    mkdirSync(attemptFiles(settings.logsDirectory, jobId, number).directory, { recursive: true });
    if (resumed) {
      const identity = takeClaim(claimPath(settings.logsDirectory, jobId, number, known.launch));
      if (identity) process = { identity, exited: null };
      else table.change([[jobId, { attempts: patch({ launch: known.launch + 1 }) }]]);
    }
    const { stop } = table.demand(jobId);
    if (!process && stop) return { exitCode: null, reason: null, statusReason: stop.reason };
    process ??= await launch({ settings, table }, jobId, { number, alarm });
  } catch (cause) {
    const reason = `CannotStartContainerError: ${asError(cause).message}`;
    return { exitCode: null, reason, statusReason: TASK_FAILED_TO_START };
  }
  const startedAt = settings.clock();
  const attempts = patch({ process: process.identity, startedAt });
  table.change([[jobId, { status: 'RUNNING', startedAt, attempts }]]);
  return process;
}

async function launch(
  { settings, table }: { readonly settings: RunnerSettings; readonly table: JobTable },
  jobId: string,
  { number, alarm }: Pick<AttemptStart, 'number' | 'alarm'>,
): Promise<RunningProcess> {
  const job = table.demand(jobId);
  const attempt = attemptOf(job, number);
  const files = attemptFiles(settings.logsDirectory, jobId, number);
  const { file, args, cwd, env } = settings.command(describeJob(job), number);
  let told: (exitCode: number | null) => void = () => undefined;
  const exited = new Promise<number | null>((resolve) => {
    told = resolve;
  });
  const identity = await settings.launcher.launch(
    {
      file,
      args,
      cwd,
      env: attemptEnvironment(job, attempt, env),
      stdoutPath: files.stdout,
      stderrPath: files.stderr,
      claimPath: claimPath(settings.logsDirectory, jobId, number, attempt.launch),
      exitPath: files.exit,
    },
    (exitCode) => {
      told(exitCode);
      alarm.ring();
    },
  );
  return { identity, exited };
}

/**
 * Asks who holds a launch: the process that runs it, or nobody. In the second case the claim is taken here, so that a
 * process still on its way finds it taken and does not run.
 */
function takeClaim(path: string): ProcessIdentity | undefined {
  try {
    writeFileSync(path, 'given up by a restarted runner\n', { flag: 'wx' });
    return undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return parseClaim(readIfThere(path) ?? '');
  }
}
