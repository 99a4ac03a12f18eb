/**
 * A Batch job as Step Functions describes it in the cause of a failure: the members of DescribeJobs' JobDetail in
 * PascalCase. The fixture of its tests names the page of the documentation that each member stands on.
 */

/** How a job ended that Batch has given up. */
export interface JobEnd {
  /** `<parent>:<index>` for a child of an array. */
  readonly jobId: string;
  /** How often it was attempted; its last attempt has this number. */
  readonly attempts: number;
  /** Of the last attempt; null where the container left none, as when its host was lost. */
  readonly exitCode: number | null;
  readonly reason: string;
  /** Whether Batch stopped it because an attempt took too long. */
  readonly timedOut: boolean;
}

export interface DescribedJob {
  readonly JobId: string;
  readonly StatusReason?: string;
  readonly Attempts?: readonly {
    readonly Container?: { readonly ExitCode?: number; readonly Reason?: string };
    readonly StatusReason?: string;
  }[];
  readonly Container?: { readonly ExitCode?: number; readonly Reason?: string };
  /** `StatusSummary` stands in the parent of an array only. */
  readonly ArrayProperties?: {
    readonly Size?: number;
    readonly StatusSummary?: Readonly<Record<string, number>>;
  };
}

/** Batch's words for a job that it stopped because an attempt took too long. */
const TIMED_OUT = 'Job attempt duration exceeded timeout';

/** The job in a cause; null when the cause is something else. */
export function describedJob(cause: string): DescribedJob | null {
  try {
    const value: unknown = JSON.parse(cause);
    const isJob = typeof value === 'object' && value !== null && 'JobId' in value;
    return isJob && typeof value.JobId === 'string' ? (value as DescribedJob) : null;
  } catch {
    return null;
  }
}

/** The parent of an array runs nothing itself: it has no container and no attempts, and its children have the exit codes. */
export function isArrayParent({ ArrayProperties }: DescribedJob): boolean {
  return ArrayProperties?.StatusSummary !== undefined;
}

/** @param reasons the job's own and its last attempt's */
export function isTimedOut(...reasons: readonly (string | undefined)[]): boolean {
  return reasons.some((reason) => reason?.startsWith(TIMED_OUT));
}

/** The end of a job that ran itself. */
export function endOf(job: DescribedJob): JobEnd {
  const last = job.Attempts?.at(-1);
  const container = last?.Container ?? job.Container;
  return {
    jobId: job.JobId,
    attempts: job.Attempts?.length ?? 0,
    exitCode: container?.ExitCode ?? null,
    reason: container?.Reason ?? last?.StatusReason ?? job.StatusReason ?? 'no reason given',
    timedOut: isTimedOut(job.StatusReason, last?.StatusReason),
  };
}
