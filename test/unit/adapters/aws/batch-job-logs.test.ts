/** Logs of a run's jobs out of CloudWatch Logs. */
import { batchJobLogs, logsClient } from '#adapters/aws/batch-job-logs.ts';
import type { JobDirectory, JobFacts } from '#core/ports/job-directory.ts';
import { type StubAnswer, serviceError, stubService } from '#test/support/aws/stub-service.ts';

const RUN = '01JNQ0000000000000000000RN';

const job = (jobId: string, change: Partial<JobFacts> = {}): JobFacts => ({
  jobId,
  status: 'SUCCEEDED',
  reason: null,
  tags: { 'forge-tenant': 'acme', 'forge-run': RUN, 'forge-phase': 'cognate', 'forge-stage': 'base' },
  index: null,
  isArray: false,
  logStreams: [`s/${jobId}`],
  ...change,
});

function directoryOf(jobs: readonly JobFacts[], children: readonly JobFacts[] = []): JobDirectory {
  return {
    find: async (id) => jobs.find(({ jobId }) => jobId === id) ?? null,
    named: async () => jobs,
    children: async () => children,
    terminate: async () => undefined,
  };
}

const logs = (streams: Readonly<Record<string, readonly string[]>>) =>
  stubService(({ body }): StubAnswer => {
    const { logStreamName } = JSON.parse(body) as { logStreamName: string };
    const lines = streams[logStreamName];
    return lines
      ? { body: { events: lines.map((message, timestamp) => ({ message, timestamp })) } }
      : serviceError('ResourceNotFoundException', 'The specified log stream does not exist.');
  });

const EVENT = '{"type":"phase_progress","at":"2026-03-01T12:00:00Z","data":{}}';

test('each attempt has its own log; the events in between are left out', async () => {
  const { config, sent } = logs({ a: ['loading', EVENT, 'stopped'], b: ['loading again'] });
  const reader = batchJobLogs(
    logsClient(config),
    '/forge/jobs',
    directoryOf([job('job-1', { logStreams: ['a', null, 'b'] })]),
  );
  expect(await reader.read('acme', RUN, {})).toEqual([
    { phase: 'cognate', stage: 'base', index: null, jobId: 'job-1', attempt: 1, text: 'loading\nstopped' },
    { phase: 'cognate', stage: 'base', index: null, jobId: 'job-1', attempt: 3, text: 'loading again' },
  ]);
  expect(sent[0]?.headers['x-amz-target']).toBe('Logs_20140328.GetLogEvents');
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    logGroupName: '/forge/jobs',
    logStreamName: 'a',
    startFromHead: false,
    limit: 10_000,
  });
});

test('the last lines are those of the text, of one child where one is asked for', async () => {
  const { config } = logs({ one: ['1', '2', EVENT, '3', EVENT] });
  const array = job('job-1', { isArray: true, logStreams: [] });
  const children = [job('job-1:0', { index: 0 }), job('job-1:1', { index: 1, logStreams: ['one'] })];
  const reader = batchJobLogs(logsClient(config), 'group', directoryOf([array], children));
  expect((await reader.read('acme', RUN, { index: 1, tail: 2 })).map(({ text }) => text)).toEqual(['2\n3']);
  expect((await reader.read('acme', RUN, { index: 1, tail: 0 })).map(({ text }) => text)).toEqual(['']);
});

test('nothing of another tenant, of another phase, or of a stream that is not there', async () => {
  const { config, sent } = logs({});
  const reader = batchJobLogs(logsClient(config), 'group', directoryOf([job('job-1')]));
  expect(await reader.read('other', RUN, {})).toEqual([]);
  expect(await reader.read('acme', RUN, { phase: 'bitnet' })).toEqual([]);
  expect(await reader.read('acme', RUN, { stage: 'variants' })).toEqual([]);
  expect(sent).toHaveLength(0);
  expect(await reader.read('acme', RUN, {})).toEqual([]);
});

test('a log that may not be read is said to be so', async () => {
  const { config } = stubService(() => serviceError('AccessDeniedException'));
  const reader = batchJobLogs(logsClient(config), 'group', directoryOf([job('job-1')]));
  await expect(reader.read('acme', RUN, {})).rejects.toMatchObject({ code: 'access_denied' });
});
