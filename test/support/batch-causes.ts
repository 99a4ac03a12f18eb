/**
 * What Step Functions hands to Catch when `batch:submitJob.sync` fails: error `States.TaskFailed`, and as cause the JSON
 * text of the job as DescribeJobs describes it, with the first letter of each key in upper case.
 *
 * The values are invented, the members are not. Each stands on the page of AWS's documentation that is named beside it;
 * that the cause is this document, with these members and no others for a job on EC2, was compared with causes that
 * people recorded and published of a job that exited, of one whose host was terminated and of one without an exit code.
 */

/** AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows", table of error names. */
export const TASK_FAILED = 'States.TaskFailed';

/** Member → where AWS's documentation has it. BA = AWS Batch API Reference, BU = AWS Batch User Guide. */
export const SOURCES: Readonly<Record<string, string>> = {
  'keys in PascalCase': 'Step Functions Developer Guide, "Run AWS Batch workloads with Step Functions"',
  JobId: 'BA, JobDetail, jobId (required)',
  JobName: 'BA, JobDetail, jobName (required)',
  JobQueue: 'BA, JobDetail, jobQueue (required)',
  JobDefinition: 'BA, JobDetail, jobDefinition (required)',
  ShareIdentifier: 'BA, JobDetail, shareIdentifier',
  Status: 'BA, JobDetail, status (required)',
  StatusReason: 'BA, JobDetail, statusReason',
  CreatedAt: 'BA, JobDetail, createdAt (milliseconds)',
  StartedAt: 'BA, JobDetail, startedAt (milliseconds)',
  StoppedAt: 'BA, JobDetail, stoppedAt (milliseconds)',
  DependsOn: 'BA, JobDetail, dependsOn',
  Parameters: 'BA, JobDetail, parameters',
  RetryStrategy: 'BA, JobDetail, retryStrategy',
  Timeout: 'BA, JobDetail, timeout',
  Tags: 'BA, JobDetail, tags',
  Attempts: 'BA, JobDetail, attempts (AttemptDetail objects)',
  'Attempts[].Container': 'BA, AttemptDetail, container',
  'Attempts[].StartedAt': 'BA, AttemptDetail, startedAt',
  'Attempts[].StoppedAt': 'BA, AttemptDetail, stoppedAt',
  'Attempts[].StatusReason': 'BA, AttemptDetail, statusReason',
  'Attempts[].Container.ExitCode': 'BA, AttemptContainerDetail, exitCode',
  'Attempts[].Container.Reason': 'BA, AttemptContainerDetail, reason',
  'Attempts[].Container.LogStreamName': 'BA, AttemptContainerDetail, logStreamName',
  Container: 'BA, JobDetail, container (ContainerDetail)',
  'Container.Command': 'BA, ContainerDetail, command',
  'Container.Environment': 'BA, ContainerDetail, environment',
  'Container.ResourceRequirements': 'BA, ContainerDetail, resourceRequirements',
  'Container.ExitCode': 'BA, ContainerDetail, exitCode',
  'Container.Reason': 'BA, ContainerDetail, reason',
  'Container.LogStreamName': 'BA, ContainerDetail, logStreamName',
  ArrayProperties: 'BA, JobDetail, arrayProperties',
  'ArrayProperties.Size': 'BA, ArrayPropertiesDetail, size (parent and children)',
  'ArrayProperties.Index': 'BA, ArrayPropertiesDetail, index (children)',
  'ArrayProperties.StatusSummary': 'BA, ArrayPropertiesDetail, statusSummary (parents)',
  IsCancelled: 'BA, JobDetail, isCancelled',
  IsTerminated: 'BA, JobDetail, isTerminated',
  'child ids `<parent>:<index>`': 'BU, "Array jobs"',
};

const EXITED = 'Essential container in task exited';

interface Try {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly statusReason?: string;
}

const JOB = {
  JobId: 'job-1',
  JobName: 'R-1-cognate-base-1',
  JobQueue: 'forge-jobs',
  JobDefinition: 'forge-cognate:1',
  Status: 'FAILED',
  DependsOn: [],
  Parameters: {},
  RetryStrategy: { Attempts: 3, EvaluateOnExit: [] },
  CreatedAt: 1_700_000_000_000,
  StartedAt: 1_700_000_001_000,
  StoppedAt: 1_700_000_002_000,
};

const containerOf = ({ exitCode, reason }: Try, stream: string) => ({
  ...(exitCode === undefined ? {} : { ExitCode: exitCode }),
  ...(reason === undefined ? {} : { Reason: reason }),
  LogStreamName: stream,
});

/** A job that was tried as often as there are tries. */
export function failedJob(...tries: readonly Try[]): string {
  const last = tries.at(-1) ?? {};
  return JSON.stringify({
    ...JOB,
    StatusReason: last.statusReason ?? EXITED,
    Attempts: tries.map((one, position) => ({
      Container: containerOf(one, `job-1/${position}`),
      StartedAt: JOB.StartedAt,
      StoppedAt: JOB.StoppedAt,
      StatusReason: one.statusReason ?? EXITED,
    })),
    Container: {
      Command: ['run', '--task', 'file:///task.json'],
      Environment: [],
      ResourceRequirements: [],
      ...containerOf(last, `job-1/${tries.length - 1}`),
    },
  });
}

/** The parent of an array of which some children failed: it ran nothing, so it has no attempt and no exit code. */
export function failedArray(size: number, failed: number): string {
  return JSON.stringify({
    ...JOB,
    StatusReason: 'Array Child Job failed',
    Attempts: [],
    Container: { Command: ['run'], Environment: [], ResourceRequirements: [] },
    ArrayProperties: {
      Size: size,
      StatusSummary: {
        SUBMITTED: 0,
        PENDING: 0,
        RUNNABLE: 0,
        STARTING: 0,
        RUNNING: 0,
        SUCCEEDED: size - failed,
        FAILED: failed,
      },
    },
  });
}
