/** Jobs as AWS Batch tells of them. */
import {
  BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  type JobStatus,
  type ListJobsCommandInput,
  paginateListJobs,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { isTimedOut, type JobEnd } from '#core/domain/described-job.ts';
import type { JobDirectory, JobFacts } from '#core/ports/job-directory.ts';
import type { JobReader } from '#core/ports/job-reader.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking } from './service-failure.ts';

const SERVICE = 'Batch';

/** Limit of one DescribeJobs. */
const JOBS_PER_CALL = 100;

/** Children are listed by status, one at a time: without one, Batch lists the running ones only. */
const CHILD_STATUSES: readonly JobStatus[] = ['RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'];

export const batchClient = (config?: ClientConfig): BatchClient => new BatchClient(clientConfig(config));

export interface BatchJobs extends JobReader, JobDirectory {}

/** @param queues names or ARNs of the queues that the state machines submit to */
export function batchJobs(client: BatchClient, queues: readonly string[]): BatchJobs {
  const find = async (jobId: string): Promise<JobFacts | null> => {
    const [parentId = jobId] = jobId.split(':');
    // The tags were given to the array; whether its children have them is nowhere written.
    const [job, parent] = await describeAll(client, parentId === jobId ? [jobId] : [jobId, parentId]);
    return job ? factsOf(job, parent) : null;
  };
  const children = async (jobId: string): Promise<readonly JobFacts[]> => {
    const ids: string[] = [];
    for (const jobStatus of CHILD_STATUSES)
      ids.push(...(await list(client, { arrayJobId: jobId, jobStatus })));
    const [parent] = await describeAll(client, [jobId]);
    return (await describeAll(client, ids)).map((job) => factsOf(job, parent)).sort(byIndex);
  };
  return {
    find,
    children,
    async failedChildren(jobId) {
      const ids = await list(client, { arrayJobId: jobId, jobStatus: 'FAILED' });
      const jobs = await describeAll(client, ids);
      const index = (job: JobDetail) => job.arrayProperties?.index ?? 0;
      return [...jobs].sort((one, other) => index(one) - index(other)).map(endOf);
    },
    async named(prefix) {
      const filters = [{ name: 'JOB_NAME', values: [`${prefix}*`] }];
      const ids: string[] = [];
      for (const jobQueue of queues) ids.push(...(await list(client, { jobQueue, filters })));
      return (await describeAll(client, ids)).map((job) => factsOf(job));
    },
    terminate: (jobId, reason) =>
      asking(SERVICE, async () => {
        await client.send(new TerminateJobCommand({ jobId, reason }));
      }),
  };
}

function list(client: BatchClient, input: ListJobsCommandInput): Promise<readonly string[]> {
  return asking(SERVICE, async () => {
    const ids: string[] = [];
    for await (const { jobSummaryList = [] } of paginateListJobs({ client }, input)) {
      for (const { jobId } of jobSummaryList) if (jobId !== undefined) ids.push(jobId);
    }
    return ids;
  });
}

/** In the order of the ids, without those that Batch has forgotten. */
async function describeAll(client: BatchClient, ids: readonly string[]): Promise<readonly JobDetail[]> {
  const found = new Map<string, JobDetail>();
  for (let start = 0; start < ids.length; start += JOBS_PER_CALL) {
    const jobs = ids.slice(start, start + JOBS_PER_CALL);
    const answer = await asking(SERVICE, () => client.send(new DescribeJobsCommand({ jobs })));
    for (const job of answer.jobs ?? []) if (job.jobId !== undefined) found.set(job.jobId, job);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

function endOf({ jobId = '', attempts = [], container, statusReason }: JobDetail): JobEnd {
  const last = attempts.at(-1);
  const own = last?.container ?? container;
  return {
    jobId,
    attempts: attempts.length,
    exitCode: own?.exitCode ?? null,
    reason: own?.reason ?? last?.statusReason ?? statusReason ?? 'no reason given',
    timedOut: isTimedOut(statusReason, last?.statusReason),
  };
}

function factsOf(job: JobDetail, parent?: JobDetail): JobFacts {
  const { jobId = '', status = 'SUBMITTED', statusReason, arrayProperties } = job;
  return {
    jobId,
    status,
    reason: statusReason ?? null,
    tags: { ...parent?.tags, ...job.tags },
    index: arrayProperties?.index ?? null,
    isArray:
      arrayProperties?.statusSummary !== undefined ||
      ((arrayProperties?.size ?? 0) > 1 && arrayProperties?.index === undefined),
    logStreams: logStreamsOf(job),
  };
}

/** Of the attempts that have ended, and of the one at work, which Batch keeps beside them. */
function logStreamsOf({ attempts = [], container }: JobDetail): readonly (string | null)[] {
  const ended = attempts.map((attempt) => attempt.container?.logStreamName ?? null);
  const present = container?.logStreamName;
  return present === undefined || ended.includes(present) ? ended : [...ended, present];
}

const byIndex = (one: JobFacts, other: JobFacts): number => (one.index ?? 0) - (other.index ?? 0);
