import { setTimeout as sleep } from 'node:timers/promises';
import { attemptFiles } from './attempt-files.ts';
import { type AttemptStart, startAttempt } from './attempt-start.ts';
import type { AttemptRecord, JobRecord } from './job.ts';
import type { JobTable } from './job-table.ts';
import { beginLease } from './lease.ts';
import { followOutput, type OutputFollower } from './output.ts';
import { attemptOf, withAttempt } from './records.ts';
import type { OutputBatch, RunnerSettings } from './runner-api.ts';
import { superviseProcess } from './supervise.ts';
import type { AttemptEnd } from './verdict.ts';

/** What attempts share with the runner that owns them. */
export interface AttemptContext {
  readonly settings: RunnerSettings;
  readonly table: JobTable;
  closed(): boolean;
  /** Keeps the runner's close() waiting for this work. */
  track(work: Promise<unknown>, release: () => void): void;
}

/** Runs one attempt, or takes it up again after a restart; undefined if the runner was closed before its end. */
export async function runAttempt(
  context: AttemptContext,
  jobId: string,
  begin: AttemptStart,
): Promise<AttemptEnd | undefined> {
  const { settings, table } = context;
  const started = await startAttempt(context, jobId, begin);
  const job = table.demand(jobId);
  if ('statusReason' in started) return started;
  const { startedAt } = attemptOf(job, begin.number);
  const follower = followAttempt(context, jobId, begin.number);
  const files = attemptFiles(settings.logsDirectory, jobId, begin.number);
  const end = await superviseProcess({
    ...started,
    jobId,
    exitPath: files.exit,
    lease: beginLease([files.stdout, files.stderr], job.leaseSeconds ?? null),
    timeLeftMilliseconds: timeLeft(job, startedAt ?? settings.clock(), settings.clock()),
    graceMilliseconds: settings.graceMilliseconds,
    pollMilliseconds: settings.pollMilliseconds,
    alarm: begin.alarm,
    clock: settings.clock,
    closed: context.closed,
    stop: () => table.demand(jobId).stop,
    requestStop: (stop) => table.change([[jobId, { stop }]]),
  });
  if (!end) return undefined;
  follower.finish();
  await withPatience(follower.done, settings.outputPatienceMilliseconds);
  // Closed before the output was accepted: the next runner delivers the rest first and judges the attempt then.
  const delivered = attemptOf(table.demand(jobId), begin.number).outputComplete;
  return context.closed() && !delivered ? undefined : end;
}

/** Delivers what an attempt wrote from where the journal says; marks it complete once everything was accepted. */
export function followAttempt(context: AttemptContext, jobId: string, number: number): OutputFollower {
  const { settings, table } = context;
  const job = table.demand(jobId);
  const change = (patch: Partial<AttemptRecord>): void =>
    table.change([[jobId, { attempts: withAttempt(table.demand(jobId), number, patch) }]]);
  const follower = followOutput({
    path: attemptFiles(settings.logsDirectory, jobId, number).stdout,
    offset: attemptOf(job, number).outputOffset,
    pollMilliseconds: settings.pollMilliseconds,
    deliver: (lines) => settings.onLines({ ...batchOf(job, number), ...lines }),
    accepted: (outputOffset) => change({ outputOffset }),
    fault: settings.onFault,
  });
  const done = follower.done.then((all) => {
    if (all) change({ outputComplete: true });
    return all;
  });
  context.track(done, follower.close);
  return { ...follower, done };
}

function timeLeft({ timeoutSeconds }: JobRecord, startedAt: number, now: number): number | null {
  return timeoutSeconds === null ? null : timeoutSeconds * 1000 - Math.max(0, now - startedAt);
}

async function withPatience(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const patience = sleep(milliseconds, null, { signal: timer.signal }).catch(() => null);
  await Promise.race([work, patience]);
  timer.abort();
}

const batchOf = (job: JobRecord, attempt: number): Pick<OutputBatch, 'jobId' | 'index' | 'attempt'> => ({
  jobId: job.jobId,
  index: job.array?.kind === 'child' ? job.array.index : null,
  attempt,
});
