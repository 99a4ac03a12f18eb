import type { AttemptRecord, JobRecord } from './job.ts';

/** AWS Batch's variables and the job's own, over what the command asked for; Batch's names are reserved and win. */
export function attemptEnvironment(
  job: JobRecord,
  attempt: AttemptRecord,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const gpus = attempt.gpuIndices.join(',');
  return {
    ...base,
    ...Object.fromEntries(job.environment.map(({ name, value }) => [name, value])),
    AWS_BATCH_JOB_ID: job.jobId,
    AWS_BATCH_JOB_ATTEMPT: String(attempt.number),
    AWS_BATCH_JQ_NAME: job.jobQueue,
    AWS_BATCH_CE_NAME: 'local',
    ...(job.array?.kind === 'child' && {
      AWS_BATCH_JOB_ARRAY_INDEX: String(job.array.index),
      AWS_BATCH_JOB_ARRAY_SIZE: String(job.array.size),
    }),
    // A container sees only the GPUs that it was given; an empty list hides them all.
    CUDA_VISIBLE_DEVICES: gpus,
    NVIDIA_VISIBLE_DEVICES: gpus === '' ? 'void' : gpus,
  };
}
