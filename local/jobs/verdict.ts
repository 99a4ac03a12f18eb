import type { ExitRule, JobRecord } from './job.ts';

/** Batch's own words, which retry rules match on. */
export const ESSENTIAL_CONTAINER_EXITED = 'Essential container in task exited';
export const TASK_FAILED_TO_START = 'Task failed to start';
export const HOST_LOST = 'Host EC2 (this machine) terminated: the process vanished without an exit record.';
export const HOST_RECLAIMED = 'Host EC2 (this machine) was taken away by the market.';
export const LEASE_LOST =
  'Host EC2 (this machine) lost the job: it showed no sign of life for its whole lease.';
export const TIMED_OUT = 'Job attempt duration exceeded timeout';
export const DEPENDENCY_FAILED = 'Dependent Job failed';
export const ARRAY_CHILD_FAILED = 'Array Child Job failed';

/** How an attempt ended. */
export interface AttemptEnd {
  /** null only if no process was ever started. */
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly statusReason: string;
}

/** What becomes of the job after an attempt. */
export type Verdict =
  | { readonly kind: 'retry' }
  | { readonly kind: 'end'; readonly status: 'SUCCEEDED' | 'FAILED'; readonly statusReason: string };

/**
 * Batch's rules: a requested stop or a time-out is final whatever the exit code; exit code 0 succeeds; otherwise, while
 * attempts are left, the first matching rule decides, and a failure that no rule matches is retried.
 */
export function judgeAttempt(job: Pick<JobRecord, 'stop' | 'retry' | 'attempts'>, end: AttemptEnd): Verdict {
  if (job.stop) return { kind: 'end', status: 'FAILED', statusReason: job.stop.reason };
  if (end.exitCode === 0) return { kind: 'end', status: 'SUCCEEDED', statusReason: end.statusReason };
  const attemptsLeft = job.attempts.length < job.retry.attempts;
  const rule = job.retry.evaluateOnExit.find((candidate) => matches(candidate, end));
  if (attemptsLeft && rule?.action !== 'EXIT') return { kind: 'retry' };
  return { kind: 'end', status: 'FAILED', statusReason: end.statusReason };
}

function matches(rule: ExitRule, end: AttemptEnd): boolean {
  const pairs: [string | undefined, string][] = [
    [rule.onReason, end.reason ?? ''],
    [rule.onStatusReason, end.statusReason],
    [rule.onExitCode, end.exitCode === null ? '' : String(end.exitCode)],
  ];
  return pairs.every(([pattern, text]) => pattern === undefined || globMatches(pattern, text));
}

/** Batch's globs: exact, or with a `*` at the end exact up to there. */
const globMatches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
