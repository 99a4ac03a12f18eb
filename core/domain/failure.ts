/** Reads what the state machine caught: an error name and a cause that may be a described Batch job. */
import { type ErrorKind, isErrorKind, kindOfExit } from './errors.ts';

export interface ReportedFailure {
  /** Error name as Step Functions gives it: one of our kinds, `Batch.JobFailed`, `States.TaskFailed`, … */
  readonly error: string;
  readonly cause: string;
}

interface DescribedJob {
  readonly StatusReason?: string;
  readonly Attempts?: readonly {
    readonly Container?: { readonly ExitCode?: number; readonly Reason?: string };
  }[];
  readonly Container?: { readonly ExitCode?: number; readonly Reason?: string };
}

function describedJob(cause: string): DescribedJob | null {
  try {
    const value: unknown = JSON.parse(cause);
    return typeof value === 'object' && value !== null && 'JobId' in value ? (value as DescribedJob) : null;
  } catch {
    return null;
  }
}

/** A kind in the cause of a failed function: `{"errorType":"contract","errorMessage":"…"}`. */
function functionError(cause: string): { kind: ErrorKind; message: string } | null {
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
 * @param account what the job itself wrote into its result manifest, when it came that far.
 */
export function readFailure(
  { error, cause }: ReportedFailure,
  account: { readonly kind: string; readonly message: string } | null,
): { readonly kind: ErrorKind; readonly message: string } {
  const thrown = functionError(cause);
  if (thrown) return thrown;
  if (isErrorKind(error)) return { kind: error, message: cause };
  const job = describedJob(cause);
  if (account && isErrorKind(account.kind)) return { kind: account.kind, message: account.message };
  if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout') {
    return { kind: 'timeout', message: `The job did not end within its time limit. ${cause}`.trim() };
  }
  if (!job) return { kind: 'bug', message: `${error}: ${cause}` };
  const container = job.Attempts?.at(-1)?.Container ?? job.Container;
  const exit = container?.ExitCode;
  const reason = container?.Reason ?? job.StatusReason ?? 'no reason given';
  if (exit === undefined) return { kind: 'lost', message: `The job ended without an exit code: ${reason}` };
  return { kind: kindOfExit(exit), message: `The job ended with exit code ${exit}: ${reason}` };
}
