/** What AWS hands to functions, of wrong forms and at the edges: refused by name or taken once, and never dropped unsaid. */
import { gzipSync } from 'node:zlib';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { JobFacts } from '#core/ports/job-directory.ts';
import { createLogSubscription } from '#functions/ingest-events/log-subscription.ts';
import { createNotify } from '#functions/notify/notify.ts';
import { createReconcile } from '#functions/reconcile/reconcile.ts';
import { createJobStatusEvent } from '#functions/record-job/job-status-event.ts';
import { createRelayEvents } from '#functions/relay-events/relay-events.ts';
import { memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun, submittedRun } from '#test/support/toy-run.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';

const TAGS = { 'forge-tenant': 'acme', 'forge-run': 'R', 'forge-phase': 'cognate', 'forge-stage': 'base' };

const jobOf = (change: Partial<JobFacts> = {}): JobFacts => ({
  jobId: 'job-1',
  status: 'RUNNING',
  reason: null,
  tags: TAGS,
  index: null,
  isArray: false,
  logStreams: [null, 's'],
  ...change,
});

const directory = (job: JobFacts | null) => {
  const asked: string[] = [];
  const find = async (id: string) => {
    asked.push(id);
    return job?.jobId === id ? job : null;
  };
  return { asked, find, named: async () => [], children: async () => [], terminate: async () => undefined };
};

/** A function that remembers what it was given. */
function listener() {
  const heard: Record<string, unknown>[] = [];
  const listen = async (event: unknown) => {
    heard.push(event as Record<string, unknown>);
    return { recorded: (event as { lines?: unknown[] }).lines?.length ?? 1, ignored: 0 };
  };
  return { heard, listen };
}

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    ({ name }: Error) => name,
  );

describe('log data', () => {
  const packed = (messages: readonly string[]) => {
    const logEvents = messages.map((message, index) => ({ id: `${index}`, message }));
    const data = { messageType: 'DATA_MESSAGE', logStream: 's', logEvents };
    return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
  };
  const line = (job: unknown) => JSON.stringify({ type: 'phase_progress', data: {}, job });

  test('a stream is of the attempt at whose place it stands, and the queue is asked for it once', async () => {
    const [jobs, { heard, listen }] = [directory(jobOf()), listener()];
    const subscribe = createLogSubscription(listen, jobs);
    for (let time = 0; time < 3; time += 1) await subscribe(packed([line('job-1')]));
    expect(heard[0]).toMatchObject({ tenant: 'acme', runId: 'R', jobId: 'job-1', attempt: 2, index: null });
    expect([heard.length, jobs.asked]).toEqual([3, ['job-1']]);
  });

  test('many lines are handed on a thousand at a time, in order', async () => {
    const { heard, listen } = listener();
    const answer = await createLogSubscription(
      listen,
      directory(jobOf()),
    )(packed(Array.from({ length: 2100 }, () => line('job-1'))));
    expect(heard.map(({ lines }) => (lines as unknown[]).length)).toEqual([1000, 1000, 100]);
    expect(answer).toEqual({ recorded: 2100, ignored: 0 });
  });

  test('a line that claims the job of another stream is told of, after the sound ones were taken', async () => {
    const { heard, listen } = listener();
    const other = directory(jobOf({ logStreams: ['another'] }));
    expect(await failureOf(createLogSubscription(listen, other)(packed([line('job-1')])))).toBe('dependency');
    expect(heard).toEqual([]);
    const mixed = createLogSubscription(listen, directory(jobOf()))(packed([line('job-2'), line('job-1')]));
    expect(await failureOf(mixed)).toBe('dependency');
    expect(heard).toHaveLength(1);
  });

  test.each([
    ['nothing', undefined],
    ['no gzip', { awslogs: { data: Buffer.from('text').toString('base64') } }],
    ['no base64', { awslogs: { data: '%%%' } }],
    ['gzip of no JSON', { awslogs: { data: gzipSync('{').toString('base64') } }],
    ['gzip of something else', { awslogs: { data: gzipSync('[]').toString('base64') } }],
    ['a bomb', { awslogs: { data: gzipSync(Buffer.alloc(65 * 1024 * 1024)).toString('base64') } }],
  ])('%s is refused', async (_, event) => {
    expect(await failureOf(createLogSubscription(listener().listen, directory(null))(event))).toBe(
      'validation',
    );
  });

  test('text that is no event is nobody’s business', async () => {
    const jobs = directory(null);
    const event = packed(['loading', '{broken', '{"type":"x"}', line(7)]);
    expect(await createLogSubscription(listener().listen, jobs)(event)).toEqual({ recorded: 0, ignored: 4 });
    expect(jobs.asked).toEqual([]);
  });
});

describe('news of a job', () => {
  const news = (detail: object) => ({
    source: 'aws.batch',
    'detail-type': 'Batch Job State Change',
    detail: { jobId: 'job-1', status: 'RUNNING', tags: TAGS, ...detail },
  });

  test.each([
    ['the first attempt at work', { attempts: [] }, 1],
    ['a later one at work', { attempts: [{}] }, 2],
    ['one that has ended', { attempts: [{}, {}], status: 'FAILED' }, 2],
    ['one that never ran', { attempts: [], status: 'FAILED' }, 1],
  ])('%s has its number', async (_, detail, attempt) => {
    const { heard, listen } = listener();
    await createJobStatusEvent(listen, directory(null))(news(detail));
    expect(heard).toMatchObject([{ attempt, jobId: 'job-1', reason: null }]);
  });

  test('the parent of an array is no job of its own; its child is, with the tags of the array', async () => {
    const { heard, listen } = listener();
    const jobs = directory(jobOf({ jobId: 'job-1:3', index: 3 }));
    const record = createJobStatusEvent(listen, jobs);
    expect(await record(news({ arrayProperties: { size: 4, statusSummary: {} } }))).toEqual({
      recorded: false,
    });
    await record(news({ jobId: 'job-1:3', tags: {}, arrayProperties: { size: 4, index: 3 } }));
    expect(heard).toMatchObject([{ jobId: 'job-1:3', index: 3, runId: 'R' }]);
  });

  test('GPU seconds are those of all attempts that ran, times the GPUs, once the job has ended', async () => {
    const { heard, listen } = listener();
    const begin = Date.parse('2026-03-31T23:59:00.000Z');
    const attempts = [
      { startedAt: begin, stoppedAt: begin + 10_000 },
      { stoppedAt: begin + 11_000 },
      { startedAt: begin + 20_000, stoppedAt: begin + 90_500 },
    ];
    const withGpus = (value: string) => ({ resourceRequirements: [{ type: 'GPU', value }] });
    const record = createJobStatusEvent(listen, directory(null));
    await record(news({ attempts, status: 'FAILED', container: withGpus('2') }));
    await record(news({ attempts, status: 'RUNNABLE', container: withGpus('2') }));
    await record(news({ attempts, status: 'SUCCEEDED', container: withGpus('0') }));
    await record(news({ attempts: [{}], status: 'FAILED', container: withGpus('1') }));
    expect(heard.map(({ gpuTime }) => gpuTime)).toEqual([
      { gpuSeconds: 161, stoppedAt: '2026-04-01T00:00:30.500Z' },
      null,
      null,
      null,
    ]);
  });

  test('a reason of any length is kept short', async () => {
    const { heard, listen } = listener();
    await createJobStatusEvent(listen, directory(null))(news({ statusReason: 'x'.repeat(100_000) }));
    expect(String(heard[0]?.reason)).toHaveLength(1000);
  });

  test.each([
    ['another source', { ...news({}), source: 'aws.ecs' }],
    ['another type', { ...news({}), 'detail-type': 'Batch Job Queue Blocked' }],
    ['a detail that is a list', { ...news({}), detail: [] }],
    ['a status that is a number', news({ status: 1 })],
    ['a job that no run submitted', news({ tags: {} })],
  ])('%s is refused', async (_, event) => {
    const { heard, listen } = listener();
    expect(await failureOf(createJobStatusEvent(listen, directory(null))(event))).toBe('validation');
    expect(heard).toEqual([]);
  });
});

describe('the relay', () => {
  const eventOf = (seq: number, type = 'RunStarted') => ({ seq, type, run: 'R' }) as ForgeEvent;
  const records = (...images: readonly object[]) => ({
    Records: images.map((NewImage, index) => ({ dynamodb: { SequenceNumber: `${index}`, NewImage } })),
  });
  const relay = (refused: readonly number[] = []) => {
    const published: number[] = [];
    const bus = {
      publish: async (events: readonly ForgeEvent[]) => {
        published.push(...events.map(({ seq }) => seq));
        return events.filter(({ seq }) => refused.includes(seq)).map((event) => ({ event, reason: 'full' }));
      },
    };
    const eventIn = async (image: object) => (image as { event?: ForgeEvent }).event ?? null;
    return { published, run: createRelayEvents({ bus, eventOf: eventIn }) };
  };

  test('domain events go in order; progress and other records stay', async () => {
    const { published, run } = relay();
    const images = [
      { event: eventOf(1) },
      {},
      { event: eventOf(2, 'phase_progress') },
      { event: eventOf(3) },
    ];
    expect(await run(records(...images))).toEqual({ batchItemFailures: [] });
    expect(published).toEqual([1, 3]);
  });

  test('from the first that did not get through on, the stream delivers again', async () => {
    const { run } = relay([2, 3]);
    const images = [1, 2, 3].map((seq) => ({ event: eventOf(seq) }));
    expect(await run(records(...images))).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  });
});

describe('reconciling', () => {
  const world = () => {
    const ports = memoryPorts();
    return { ports, reconcile: createReconcile({ ...ports, jobDirectory: directory(null) }) };
  };
  const minute = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
  const ended = (execution: string, input: object) => ({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: { name: execution, input: JSON.stringify(input) },
  });

  test('a run that was written and never started is started by the next minute', async () => {
    const { ports } = world();
    const { id } = await submittedRun(ports);
    const { workflow } = memoryPorts();
    const reconcile = createReconcile({ ...ports, workflow, jobDirectory: directory(null) });
    expect(await reconcile(minute)).toEqual({ looked: 1, faults: 0 });
    expect([...workflow.started.keys()]).toEqual([`${id}-1`]);
  });

  test('an execution that failed without a word to its run settles it, however often that is told', async () => {
    const { ports, reconcile } = world();
    const { id, tenant, executions } = await startedRun(ports);
    ports.workflow.end(executions[0] ?? '', 'TIMED_OUT');
    const event = ended(executions[0] ?? '', { tenant, runId: id });
    expect(await reconcile(event)).toEqual({ settled: true, openJobs: 0 });
    expect(await reconcile(event)).toEqual({ settled: true, openJobs: 0 });
    const events = await ports.events.read(tenant, id, 0, 100);
    expect(events.filter(({ type }) => type === 'RunFailed')).toHaveLength(1);
  });

  test('a run whose end nobody told is settled by the next minute', async () => {
    const { ports, reconcile } = world();
    const { id, tenant, executions } = await startedRun(ports);
    ports.workflow.end(executions[0] ?? '', 'FAILED');
    await reconcile(minute);
    expect((await ports.runs.get(tenant, id))?.status).toBe('failed');
  });

  test.each([
    ['no event', {}, 'validation'],
    ['another source', { ...minute, source: 'aws.s3' }, 'validation'],
    ['an input that is no JSON', { ...ended('x', {}), detail: { name: 'x', input: '{' } }, 'validation'],
    [
      'an execution that nobody knows',
      ended('x', { tenant: 'acme', runId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }),
      'not_found',
    ],
  ])('%s is refused', async (_, event, kind) => {
    expect(await failureOf(world().reconcile(event))).toBe(kind);
  });
});

test('a notice says how the run ended, why, and what to do', async () => {
  const notices: { subject: string; text: string; attributes: object }[] = [];
  const notify = createNotify({
    notifier: {
      notify: async (notice) => {
        notices.push(notice);
      },
    },
  });
  const run = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const data = { kind: 'numeric', message: 'The loss is NaN.', hint: 'Lower the learning rate.' };
  const detail = {
    seq: 9,
    type: 'RunFailed',
    tenant: 'acme',
    run,
    phase: null,
    attempt: null,
    at: '2026-03-01T12:00:00Z',
    data,
  };
  await notify({ source: 'agent-forge', 'detail-type': 'RunFailed', detail });
  expect(notices).toEqual([
    {
      subject: `Run ${run} failed`,
      text: expect.stringMatching(
        /numeric\nThe loss is NaN\.\nLower the learning rate\.\nLook at it: forge runs get/,
      ),
      attributes: { type: 'RunFailed', tenant: 'acme', run },
    },
  ]);
});
