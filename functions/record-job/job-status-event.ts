/** `Batch Job State Change`, as EventBridge delivers it, into what the run of the job is told. */
import * as z from 'zod';
import { attemptTimes } from '#core/domain/cost-entry.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { gpuTimeOf } from '#core/domain/gpu-seconds.ts';
import { type JobOrigin, originOfTags } from '#core/domain/job-origin.ts';
import type { JobDirectory } from '#core/ports/job-directory.ts';
import { cloudEvent } from '../shared/cloud-event.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';

/** The detail is the job as DescribeJobs describes it. */
const jobStatusEvent = cloudEvent.extend({
  source: z.literal('aws.batch'),
  'detail-type': z.literal('Batch Job State Change'),
  detail: z.object({
    jobId: z.string().min(1).max(200),
    status: z.string().min(1).max(32),
    statusReason: z.string().optional(),
    /** Of the attempt that runs, or ran last. */
    startedAt: z.number().optional(),
    attempts: z
      .array(z.object({ startedAt: z.number().optional(), stoppedAt: z.number().optional() }))
      .max(100)
      .default([]),
    container: z
      .object({
        resourceRequirements: z.array(z.object({ type: z.string(), value: z.string() })).optional(),
      })
      .optional(),
    tags: z.record(z.string(), z.string()).default({}),
    arrayProperties: z.object({ index: z.int().min(0).optional() }).optional(),
  }),
});

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED'];
const MAX_REASON = 1000;

/** @param record the function that takes news in the form in which the embedded job runner gives them */
export function createJobStatusEvent(record: EventFunction, jobs: Pick<JobDirectory, 'find'>): EventFunction {
  return eventFunction('record-job', jobStatusEvent, async ({ detail }) => {
    const { jobId, status, statusReason, startedAt, attempts, container, tags, arrayProperties } = detail;
    const index = arrayProperties?.index ?? null;
    // An array's parent is no job of its own, only the sum of its children.
    if (arrayProperties && index === null) return { recorded: false };
    const origin = originOfTags(tags) ?? (await askForOrigin(jobs, jobId));
    const ended = ENDED.includes(status);
    const attempt = Math.max(1, attempts.length + (ended ? 0 : 1));
    const gpuTime = ended ? gpuTimeOf({ attempts, container }) : null;
    const reason = statusReason?.slice(0, MAX_REASON) ?? null;
    const times = attemptTimes(attempts, status === 'RUNNING' ? startedAt : undefined);
    return record({ ...origin, jobId, index, attempt, status, reason, gpuTime, attempts: times });
  });
}

/** Children of an array, and services that leave the tags out of their events. */
async function askForOrigin(jobs: Pick<JobDirectory, 'find'>, jobId: string): Promise<JobOrigin> {
  const origin = originOfTags((await jobs.find(jobId))?.tags ?? {});
  if (origin) return origin;
  throw new ForgeError('validation', `Job ${jobId} was submitted by no run: it lacks the tags forge-*.`, {
    code: 'job_without_run',
    hint: 'Let the rule match the events of our queue only, and submit nothing else to it.',
  });
}
