/** Words of AWS Batch: what is submitted, what is journalled, what is described. */

export const JOB_STATUSES = [
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
export type StatusSummary = Readonly<Record<JobStatus, number>>;

export const isTerminal = (status: JobStatus): boolean => status === 'SUCCEEDED' || status === 'FAILED';

export interface Resources {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** One rule of `retryStrategy.evaluateOnExit`: every pattern that is given must match; patterns may end with `*`. */
export interface ExitRule {
  readonly onReason?: string;
  readonly onStatusReason?: string;
  readonly onExitCode?: string;
  readonly action: 'RETRY' | 'EXIT';
}

export interface RetryStrategy {
  /** 1 to 10, the first attempt included. */
  readonly attempts: number;
  /** @default [] that is: retry whatever the reason while attempts are left */
  readonly evaluateOnExit?: readonly ExitRule[];
}

export interface JobTimeout {
  /** Counted from the start of each attempt. AWS refuses less than 60; here any positive number goes. */
  readonly attemptDurationSeconds: number;
}

/** A job definition with its resource requirements already resolved to numbers. */
export interface JobDefinition {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** @default 0 */
  readonly gpus?: number;
  /** @default [] */
  readonly command?: readonly string[];
  /** @default [] */
  readonly environment?: readonly EnvironmentVariable[];
  /** @default none: an attempt may run for ever */
  readonly timeout?: JobTimeout;
  /** @default one attempt */
  readonly retryStrategy?: RetryStrategy;
  /** How long an attempt may write nothing before it counts as lost. AWS has no such thing. @default none: for ever */
  readonly leaseSeconds?: number;
}

export interface JobDependency {
  /** Absent only for an array job that depends on itself with SEQUENTIAL. */
  readonly jobId?: string;
  /** `N_TO_N`: child i waits for child i. `SEQUENTIAL` without a job id: child i waits for child i-1. */
  readonly type?: 'N_TO_N' | 'SEQUENTIAL';
}

export interface ContainerOverrides {
  readonly command?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
  readonly resourceRequirements?: readonly {
    readonly type: 'VCPU' | 'MEMORY' | 'GPU';
    readonly value: string;
  }[];
}

/** SubmitJob's document, in Batch's own camelCase. */
export interface JobRequest {
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: JobDefinition;
  /** Whose share of the queue the job takes. One machine serves jobs in their order, whoever's they are. */
  readonly shareIdentifier?: string;
  /** The same token gives the same job, for ever; the same token with another request is refused. */
  readonly clientToken?: string;
  readonly containerOverrides?: ContainerOverrides;
  readonly arrayProperties?: { readonly size: number };
  readonly dependsOn?: readonly JobDependency[];
  readonly retryStrategy?: RetryStrategy;
  readonly timeout?: JobTimeout;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A pid alone is reused by the system; with the birth of its process (boot and start tick) it names one process. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly birth: string;
}

export interface AttemptRecord {
  /** 1, 2, … : AWS_BATCH_JOB_ATTEMPT. */
  readonly number: number;
  /** How often this attempt was handed to the launcher; more than once only if a crash came before the process existed. */
  readonly launch: number;
  /** null until the process is known to exist. */
  readonly process: ProcessIdentity | null;
  readonly gpuIndices: readonly number[];
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly statusReason: string | null;
  /** Bytes of standard output whose lines were delivered. */
  readonly outputOffset: number;
  /** True once everything the attempt wrote was delivered. */
  readonly outputComplete: boolean;
}

/** Why and since when a job is being stopped; written before the first signal is sent. */
export interface StopRequest {
  readonly kind: 'terminated' | 'timeout';
  readonly reason: string;
  readonly at: number;
  /** Between SIGTERM and SIGKILL. @default the runner's */
  readonly graceMilliseconds?: number;
}

export type ArrayRole =
  | { readonly kind: 'parent'; readonly size: number; readonly statusSummary: StatusSummary }
  | { readonly kind: 'child'; readonly parentId: string; readonly index: number; readonly size: number };

/** All that is known about a job; plain JSON, replaced as a whole in the journal. Times are epoch milliseconds. */
export interface JobRecord {
  readonly schemaVersion: 1;
  readonly jobId: string;
  readonly clientToken: string | null;
  /** Tells a repeated submission from a different one under the same token. */
  readonly requestHash: string;
  /** Order of submission; the queue is served in this order, then by array index. */
  readonly sequence: number;
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  /** Absent in records of before there were shares. */
  readonly shareIdentifier?: string | null;
  readonly command: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  readonly resources: Resources;
  readonly timeoutSeconds: number | null;
  /** Absent in records of before there were leases. */
  readonly leaseSeconds?: number | null;
  readonly retry: { readonly attempts: number; readonly evaluateOnExit: readonly ExitRule[] };
  readonly dependsOn: readonly JobDependency[];
  readonly tags: Readonly<Record<string, string>>;
  /** null for a job that is not part of an array. */
  readonly array: ArrayRole | null;
  readonly status: JobStatus;
  readonly statusReason: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly stop: StopRequest | null;
  readonly attempts: readonly AttemptRecord[];
  /** True once the job has ended and all its output was delivered: nothing is left to do for it. */
  readonly settled: boolean;
}

export interface ContainerDetail {
  readonly command: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  readonly resourceRequirements: readonly { readonly type: string; readonly value: string }[];
  readonly exitCode?: number;
  readonly reason?: string;
  readonly logStreamName?: string;
}

export interface AttemptDetail {
  readonly container: {
    readonly exitCode?: number;
    readonly reason?: string;
    readonly logStreamName: string;
  };
  readonly startedAt?: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
}

/** What DescribeJobs answers for one job; absent is absent, never null. Times are epoch milliseconds, as on AWS. */
export interface JobDetail {
  readonly jobId: string;
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly shareIdentifier?: string;
  readonly status: JobStatus;
  readonly statusReason?: string;
  /** Attempts that have ended, oldest first. */
  readonly attempts: readonly AttemptDetail[];
  readonly container?: ContainerDetail;
  readonly arrayProperties?: {
    readonly size?: number;
    readonly index?: number;
    readonly statusSummary?: StatusSummary;
  };
  readonly dependsOn: readonly JobDependency[];
  readonly retryStrategy: { readonly attempts: number; readonly evaluateOnExit: readonly ExitRule[] };
  readonly timeout?: JobTimeout;
  readonly tags: Readonly<Record<string, string>>;
  readonly isCancelled: boolean;
  readonly isTerminated: boolean;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}
