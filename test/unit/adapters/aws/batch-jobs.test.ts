/** Jobs as AWS Batch tells of them: paging, children, tags, logs, terminate. */
import type { JobDetail } from '@aws-sdk/client-batch';
import { batchClient, batchJobs } from '#adapters/aws/batch-jobs.ts';
import { type StubAnswer, serviceError, stubService } from '#test/support/aws/stub-service.ts';

const QUEUES = ['gpu-jobs', 'cpu-jobs'];
const RUN = '01JNQ0000000000000000000RN';
const TAGS = {
  'forge-tenant': 'acme',
  'forge-run': RUN,
  'forge-phase': 'cognate',
  'forge-stage': 'variants',
};
const EXITED = 'Essential container in task exited';

/** A queue of described jobs: lists in pages, describes at most a hundred, answers `terminate` with nothing. */
function queueOf(jobs: readonly Partial<JobDetail>[], pageSize = 1000) {
  return stubService(({ url, body }): StubAnswer => {
    const request = JSON.parse(body) as Record<string, unknown>;
    if (url.endsWith('/v1/terminatejob')) return {};
    if (url.endsWith('/v1/describejobs')) {
      const ids = request.jobs as string[];
      if (ids.length > 100) return serviceError('ClientException', 'more than 100 jobs');
      return { body: { jobs: jobs.filter(({ jobId }) => ids.includes(jobId ?? '')) } };
    }
    const { arrayJobId, jobStatus, jobQueue, filters, nextToken } = request as {
      jobQueue?: string;
      arrayJobId?: string;
      jobStatus?: string;
      filters?: { values: string[] }[];
      nextToken?: string;
    };
    const prefix = filters?.[0]?.values[0]?.replace(/\*$/, '');
    const found = jobs.filter(({ jobId = '', jobName = '', status }) =>
      arrayJobId === undefined
        ? jobQueue === 'gpu-jobs' && !jobId.includes(':') && jobName.startsWith(prefix ?? '-')
        : jobId.startsWith(`${arrayJobId}:`) && status === jobStatus,
    );
    const start = Number(nextToken ?? 0);
    const next = start + pageSize;
    const jobSummaryList = found.slice(start, next).map(({ jobId, jobName }) => ({ jobId, jobName }));
    return { body: { jobSummaryList, ...(next < found.length ? { nextToken: String(next) } : {}) } };
  });
}

const child = (index: number, change: Partial<JobDetail> = {}): Partial<JobDetail> => ({
  jobId: `job-1:${index}`,
  jobName: `${RUN}-1-cognate-variants-1`,
  status: 'FAILED',
  statusReason: EXITED,
  arrayProperties: { index },
  attempts: [{ container: { exitCode: 65 }, statusReason: EXITED }],
  ...change,
});

const parent: Partial<JobDetail> = {
  jobId: 'job-1',
  jobName: `${RUN}-1-cognate-variants-1`,
  status: 'FAILED',
  tags: TAGS,
  arrayProperties: { size: 250, statusSummary: { FAILED: 250 } },
};

describe('the failed children of an array', () => {
  test('all 250 of them, over two pages, described a hundred at a time, in order of their index', async () => {
    const indices = Array.from({ length: 250 }, (_, index) => (index * 7) % 250);
    const { config, sent } = queueOf([...indices.map((index) => child(index)), parent], 200);
    const ends = await batchJobs(batchClient(config), QUEUES).failedChildren('job-1');
    expect(ends.map(({ jobId }) => jobId)).toEqual(
      Array.from({ length: 250 }, (_, index) => `job-1:${index}`),
    );
    const paths = sent.map(({ url }) => new URL(url).pathname);
    expect(paths).toEqual([
      '/v1/listjobs',
      '/v1/listjobs',
      '/v1/describejobs',
      '/v1/describejobs',
      '/v1/describejobs',
    ]);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ arrayJobId: 'job-1', jobStatus: 'FAILED' });
  });

  test("each with the exit code of its last attempt and Batch's own words", async () => {
    const { config } = queueOf([
      child(0, {
        attempts: [
          { container: { exitCode: 75 } },
          { container: { exitCode: 71, reason: 'OutOfMemoryError: killed' } },
        ],
      }),
      child(1, { attempts: [{ container: {}, statusReason: 'Host EC2 (instance i-1) terminated.' }] }),
      child(2, { attempts: [], statusReason: 'Job attempt duration exceeded timeout' }),
      child(3, { status: 'SUCCEEDED' }),
    ]);
    expect(await batchJobs(batchClient(config), QUEUES).failedChildren('job-1')).toEqual([
      { jobId: 'job-1:0', attempts: 2, exitCode: 71, reason: 'OutOfMemoryError: killed', timedOut: false },
      {
        jobId: 'job-1:1',
        attempts: 1,
        exitCode: null,
        reason: 'Host EC2 (instance i-1) terminated.',
        timedOut: false,
      },
      {
        jobId: 'job-1:2',
        attempts: 0,
        exitCode: null,
        reason: 'Job attempt duration exceeded timeout',
        timedOut: true,
      },
    ]);
  });

  test('none of a job that nobody knows', async () => {
    const { config } = queueOf([]);
    expect(await batchJobs(batchClient(config), QUEUES).failedChildren('job-9')).toEqual([]);
  });
});

describe('a job looked up', () => {
  test('a child has the tags of its array, its index, and a log for each attempt and for the one at work', async () => {
    const running = child(2, {
      status: 'RUNNING',
      attempts: [{ container: { logStreamName: 'forge-cognate/default/a' } }],
      container: { logStreamName: 'forge-cognate/default/b' },
    });
    delete running.statusReason;
    const { config } = queueOf([parent, running]);
    expect(await batchJobs(batchClient(config), QUEUES).find('job-1:2')).toEqual({
      jobId: 'job-1:2',
      status: 'RUNNING',
      reason: null,
      tags: TAGS,
      index: 2,
      isArray: false,
      logStreams: ['forge-cognate/default/a', 'forge-cognate/default/b'],
    });
  });

  test('one that Batch has forgotten is null', async () => {
    const { config } = queueOf([]);
    expect(await batchJobs(batchClient(config), QUEUES).find('job-9')).toBeNull();
  });

  test('those of a run are found by the start of their name; an array as its parent', async () => {
    const { config, sent } = queueOf([
      parent,
      child(0),
      { jobId: 'job-2', jobName: 'OTHER-1-cognate-base-1' },
    ]);
    const found = await batchJobs(batchClient(config), QUEUES).named(`${RUN}-`);
    expect(found.map(({ jobId, isArray }) => [jobId, isArray])).toEqual([['job-1', true]]);
    const queues = sent
      .filter(({ url }) => url.endsWith('listjobs'))
      .map(({ body }) => JSON.parse(body).jobQueue);
    expect(queues).toEqual(QUEUES);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      jobQueue: 'gpu-jobs',
      filters: [{ name: 'JOB_NAME', values: [`${RUN}-*`] }],
    });
  });

  test('those of a run are looked for in every queue', async () => {
    const { config, sent } = queueOf([]);
    await batchJobs(batchClient(config), ['forge-dev-gpu', 'forge-dev-cpu']).named(`${RUN}-`);
    expect(sent.map(({ body }) => JSON.parse(body).jobQueue)).toEqual(['forge-dev-gpu', 'forge-dev-cpu']);
  });

  test('children of an array are listed whatever their status', async () => {
    const statuses = ['FAILED', 'SUCCEEDED', 'RUNNING', 'RUNNABLE', 'STARTING'] as const;
    const { config } = queueOf([parent, ...statuses.map((status, index) => child(index, { status }))]);
    const found = await batchJobs(batchClient(config), QUEUES).children('job-1');
    expect(found.map(({ status }) => status)).toEqual(statuses);
    expect(found.every(({ tags }) => tags['forge-run'] === RUN)).toBe(true);
  });

  test('a job is terminated by its id, with the reason', async () => {
    const { config, sent } = queueOf([parent]);
    await batchJobs(batchClient(config), QUEUES).terminate('job-1', 'Cancelled on request');
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://batch.eu-west-1.amazonaws.com/v1/terminatejob',
    });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ jobId: 'job-1', reason: 'Cancelled on request' });
  });

  test('throttling is tried again until it passes', async () => {
    const { config, sent } = stubService((_, before) =>
      before === 0 ? serviceError('TooManyRequestsException', 'slow down', 429) : { body: { jobs: [] } },
    );
    expect(await batchJobs(batchClient(config), QUEUES).find('job-1')).toBeNull();
    expect(sent).toHaveLength(2);
  });
});
