/** The kind of a failure that the state machine caught, and its words. */
import { type DescribedJob, isArrayParent, type JobEnd } from './described-job.ts';
import { type ErrorKind, isErrorKind, kindOfExit } from './errors.ts';

export interface ReportedFailure {
  /** Error name as Step Functions gives it: one of our kinds, `States.TaskFailed` for a failed job, … */
  readonly error: string;
  readonly cause: string;
}

/** What a job wrote into its result manifest about its own failure, and which try of which job wrote it. */
export interface JobAccount {
  readonly jobId: string;
  readonly attempt: number;
  readonly kind: string;
  readonly message: string;
}

export interface Failure {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** Kinds that another try on the same input may well survive. */
export const RETRIED: readonly ErrorKind[] = ['lost', 'dependency', 'preempted'];

/** A kind in the cause of a failed function: `{"errorType":"contract","errorMessage":"…"}`. */
function functionError(cause: string): Failure | null {
  try {
    const value = JSON.parse(cause) as { errorType?: unknown; errorMessage?: unknown };
    return isErrorKind(value.errorType)
      ? { kind: value.errorType, message: String(value.errorMessage) }
      : null;
  } catch {
    return null;
  }
}

/**
 * The kind and the words of a failure.
 *
 * @param job the job that failed, when a job did
 * @param ends how it ended, or how those children of an array ended that failed
 * @param accounts what lies in the result manifests of the phase; those of other tries are not believed
 */
export function readFailure(
  { error, cause }: ReportedFailure,
  job: DescribedJob | null,
  ends: readonly JobEnd[],
  accounts: readonly JobAccount[],
): Failure {
  const thrown = functionError(cause);
  if (thrown) return thrown;
  if (isErrorKind(error)) return { kind: error, message: cause };
  if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout') {
    return { kind: 'timeout', message: `The job did not end within its time limit. ${cause}`.trim() };
  }
  if (!job) return { kind: 'bug', message: `${error}: ${cause}` };
  if (ends.length === 0) return unaccounted(job);
  const failures = ends.map((end) => failureOf(end, accounts));
  // One child that would fail again makes another try of the whole stage pointless.
  return failures.find(({ kind }) => !RETRIED.includes(kind)) ?? (failures[0] as Failure);
}

/** The try's own account wins; without one, its exit code speaks. */
function failureOf(end: JobEnd, accounts: readonly JobAccount[]): Failure {
  const { jobId, attempts, exitCode, reason } = end;
  if (end.timedOut)
    return { kind: 'timeout', message: `The job did not end within its time limit: ${reason}` };
  const own = accounts.find((account) => account.jobId === jobId && account.attempt === attempts);
  if (own && isErrorKind(own.kind)) return { kind: own.kind, message: own.message };
  if (exitCode === null) return { kind: 'lost', message: `The job ended without an exit code: ${reason}` };
  return { kind: kindOfExit(exitCode), message: `The job ended with exit code ${exitCode}: ${reason}` };
}

/** The parent of an array whose children cannot be asked: nothing says that another try would help. */
function unaccounted({ JobId, StatusReason = 'no reason given', ArrayProperties }: DescribedJob): Failure {
  const failed = ArrayProperties?.StatusSummary?.FAILED ?? 'some';
  return {
    kind: 'bug',
    message: `${failed} of ${ArrayProperties?.Size} jobs of array ${JobId} failed, and none can be asked why: ${StatusReason}`,
  };
}

/** True where the ends of the children have to be looked up. */
export function needsChildren(job: DescribedJob | null): job is DescribedJob {
  return job !== null && isArrayParent(job);
}
