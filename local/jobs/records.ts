import type { AttemptRecord, EnvironmentVariable, JobRecord, JobRequest, StatusSummary } from './job.ts';
import { hashRequest, resourcesOf, retryOf, timeoutSeconds } from './request.ts';

export const NO_CHILDREN: StatusSummary = {
  SUBMITTED: 0,
  PENDING: 0,
  RUNNABLE: 0,
  STARTING: 0,
  RUNNING: 0,
  SUCCEEDED: 0,
  FAILED: 0,
};

/** The records of a new job: itself first, then the children of an array. */
export function createRecords(
  request: JobRequest,
  { jobId, sequence, at }: { readonly jobId: string; readonly sequence: number; readonly at: number },
): readonly [JobRecord, ...JobRecord[]] {
  const size = request.arrayProperties?.size;
  const job: JobRecord = {
    schemaVersion: 1,
    jobId,
    clientToken: request.clientToken ?? null,
    requestHash: hashRequest(request),
    sequence,
    jobName: request.jobName,
    jobQueue: request.jobQueue,
    jobDefinition: request.jobDefinition.name,
    shareIdentifier: request.shareIdentifier ?? null,
    command: request.containerOverrides?.command ?? request.jobDefinition.command ?? [],
    environment: mergeEnvironment(request.jobDefinition.environment, request.containerOverrides?.environment),
    resources: resourcesOf(request),
    timeoutSeconds: timeoutSeconds(request),
    leaseSeconds: request.jobDefinition.leaseSeconds ?? null,
    retry: retryOf(request),
    dependsOn: request.dependsOn ?? [],
    tags: request.tags ?? {},
    array:
      size === undefined
        ? null
        : { kind: 'parent', size, statusSummary: { ...NO_CHILDREN, SUBMITTED: size } },
    status: 'SUBMITTED',
    statusReason: null,
    createdAt: at,
    startedAt: null,
    stoppedAt: null,
    stop: null,
    attempts: [],
    settled: false,
  };
  const children = Array.from({ length: size ?? 0 }, (_, index): JobRecord => {
    const array = { kind: 'child', parentId: jobId, index, size: size ?? 0 } as const;
    return { ...job, jobId: childId(jobId, index), clientToken: null, array };
  });
  return [job, ...children];
}

export const childId = (parentId: string, index: number): string => `${parentId}:${index}`;

export const newAttempt = (number: number, gpuIndices: readonly number[]): AttemptRecord => ({
  number,
  launch: 1,
  process: null,
  gpuIndices,
  startedAt: null,
  stoppedAt: null,
  exitCode: null,
  reason: null,
  statusReason: null,
  outputOffset: 0,
  outputComplete: false,
});

/** The job's attempts with one of them changed. */
export const withAttempt = (
  job: JobRecord,
  number: number,
  patch: Partial<AttemptRecord>,
): readonly AttemptRecord[] =>
  job.attempts.map((attempt) => (attempt.number === number ? { ...attempt, ...patch } : attempt));

function mergeEnvironment(
  base: readonly EnvironmentVariable[] = [],
  overrides: readonly EnvironmentVariable[] = [],
): readonly EnvironmentVariable[] {
  const merged = new Map([...base, ...overrides].map(({ name, value }) => [name, value]));
  return [...merged].map(([name, value]) => ({ name, value }));
}

/** @throws if the journal is out of step with the runner */
export function attemptOf(job: JobRecord, number: number): AttemptRecord {
  const attempt = job.attempts.find((candidate) => candidate.number === number);
  if (!attempt) throw new Error(`job ${job.jobId} has no attempt ${number}; the journal is out of step`);
  return attempt;
}
