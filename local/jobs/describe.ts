import { logStreamName } from './attempt-files.ts';
import type { AttemptDetail, AttemptRecord, ContainerDetail, JobDetail, JobRecord } from './job.ts';

/** The record in the shape of DescribeJobs. */
export function describeJob(job: JobRecord): JobDetail {
  return {
    jobId: job.jobId,
    jobName: job.jobName,
    jobQueue: job.jobQueue,
    jobDefinition: job.jobDefinition,
    ...present('shareIdentifier', job.shareIdentifier ?? null),
    status: job.status,
    ...present('statusReason', job.statusReason),
    attempts: job.attempts.flatMap((attempt) => describeAttempt(job.jobId, attempt)),
    container: describeContainer(job),
    ...present('arrayProperties', describeArray(job)),
    dependsOn: job.dependsOn,
    retryStrategy: job.retry,
    ...present(
      'timeout',
      job.timeoutSeconds === null ? null : { attemptDurationSeconds: job.timeoutSeconds },
    ),
    tags: job.tags,
    isCancelled: job.stop?.kind === 'terminated' && job.startedAt === null,
    isTerminated: job.stop?.kind === 'terminated',
    createdAt: job.createdAt,
    ...present('startedAt', job.startedAt),
    ...present('stoppedAt', job.stoppedAt),
  };
}

function describeAttempt(jobId: string, attempt: AttemptRecord): readonly AttemptDetail[] {
  if (attempt.stoppedAt === null) return [];
  return [
    {
      container: {
        ...present('exitCode', attempt.exitCode),
        ...present('reason', attempt.reason),
        logStreamName: logStreamName(jobId, attempt.number),
      },
      ...present('startedAt', attempt.startedAt),
      stoppedAt: attempt.stoppedAt,
      statusReason: attempt.statusReason ?? '',
    },
  ];
}

function describeContainer(job: JobRecord): ContainerDetail {
  const last = job.attempts.at(-1);
  const { vcpus, memoryMiB, gpus } = job.resources;
  return {
    command: job.command,
    environment: job.environment,
    resourceRequirements: [
      { type: 'VCPU', value: String(vcpus) },
      { type: 'MEMORY', value: String(memoryMiB) },
      ...(gpus > 0 ? [{ type: 'GPU', value: String(gpus) }] : []),
    ],
    ...present('exitCode', last?.exitCode ?? null),
    ...present('reason', last?.reason ?? null),
    ...present('logStreamName', last ? logStreamName(job.jobId, last.number) : null),
  };
}

function describeArray({ array }: JobRecord): JobDetail['arrayProperties'] | null {
  if (array === null) return null;
  return array.kind === 'parent'
    ? { size: array.size, statusSummary: array.statusSummary }
    : { size: array.size, index: array.index };
}

/** A property that is absent rather than null, as in AWS's answers. */
function present<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: NonNullable<V> } {
  const object: { [P in K]?: NonNullable<V> } = {};
  if (value !== null && value !== undefined) object[key] = value;
  return object;
}
