/** Every function's bundle, loaded in plain Node, does its job on a table and a bucket that are really there. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ownPorts } from '#adapters/aws/ports.ts';
import manifest from '#contracts/functions.json' with { type: 'json' };
import type { ForgeEvent } from '#contracts/source/event.ts';
import { makeKey } from '#core/application/commands/change-key.ts';
import { registerCorpus } from '#core/application/commands/register-corpus.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { Principal } from '#core/domain/principal.ts';
import { type BundleWorld, bundleWorld, type Said } from '#test/support/aws/bundle-world.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';
import { newStore } from '#test/support/memory/store.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { TOY_TEXT } from '#test/support/toy-run.ts';

const ACME: Principal = { tenant: 'default', role: 'admin', subject: 'test' };
const SIGNER = 'arn:aws:sts::111122223333:assumed-role/runner/session';
const STREAM = 'forge-cognate/default/3b9d2f64';

let world: BundleWorld;
let runId: string;

/** A request as an HTTP API hands it to its function, format 2.0, after its IAM authorizer. */
function request(method: string, path: string, body?: unknown, userArn: string | null = SIGNER) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {
      host: 'abc.execute-api.us-east-1.amazonaws.com',
      'content-type': 'application/json',
      'idempotency-key': 'the-only-one-0001',
      authorization: 'AWS4-HMAC-SHA256 Credential=…',
    },
    requestContext: {
      domainName: 'abc.execute-api.us-east-1.amazonaws.com',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'r',
      stage: '$default',
      ...(userArn === null ? {} : { authorizer: { iam: { userArn } } }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

type Response = {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Record<string, string>;
};
const responseOf = ({ answer }: Said = {}): Response => answer as Response;
const ids = () => ({ tenant: 'default', runId, execution: `${runId}-1` });

async function one(...[name, event]: Parameters<BundleWorld['invoke']>): Promise<unknown> {
  const [said] = await world.invoke(name, event);
  if (said?.error) throw new Error(`${name}: ${said.error.name}: ${said.error.message}`);
  return said?.answer;
}

const eventsOf = (after = 0): Promise<readonly ForgeEvent[]> =>
  world.table.events.read('default', runId, after, 500);

beforeAll(async () => {
  world = await bundleWorld();
  const bytes = new TextEncoder().encode(TOY_TEXT);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await world.blobs.write(contentKey('default', sha256), bytes, 'application/x-ndjson');
  const own = {
    clock: { now: () => new Date() },
    entropy: { bytes: (count: number) => new Uint8Array(count) },
  };
  const ports = { ...world.table, ...own, blobs: world.blobs, blobWriter: world.blobs };
  const corpus = { name: 'speeches', sha256, licence: 'public domain' };
  await registerCorpus(ports as never, ACME, corpus);
}, 120_000);

afterAll(() => world?.close());

test('the API takes a run of somebody whose signature the gateway verified, once, and starts its execution', async () => {
  const document = {
    apiVersion: 'forge/v1',
    name: 'toy',
    phases: ['cognate'],
    preset: 'test',
    input: { corpus: 'speeches' },
  };
  const said = await world.invoke(
    'api',
    request('POST', '/v1/runs', document),
    request('POST', '/v1/runs', document),
    request('GET', '/v1/health', undefined, null),
    request('GET', '/v1/runs', undefined, null),
    request('GET', '/v1/runs', undefined, 'arn:aws:sts::111122223333:assumed-role/stranger/x'),
  );
  expect(said.map((each) => responseOf(each).statusCode)).toEqual([202, 202, 200, 401, 403]);
  runId = (JSON.parse(responseOf(said[0]).body) as { id: string }).id;
  expect(JSON.parse(responseOf(said[1]).body)).toMatchObject({ id: runId });
  expect([...world.executions.values()].map(({ input }) => JSON.parse(input))).toEqual([ids()]);
}, 60_000);

test('the tasks of the state machine bring the run from its first phase to its report', async () => {
  expect(await one('prepare-run', ids())).toEqual({ phases: ['cognate'] });
  const started = (await one('start-phase', { ...ids(), phase: 'cognate' })) as {
    turn: string;
    stages: { task: string }[];
  };
  expect(started.stages.length).toBeGreaterThan(0);
  for (const { task } of started.stages)
    expect(await world.blobs.read(world.blobs.keyOf(task) ?? '')).not.toBeNull();
  const left = newStore();
  leaveCognateResults(left, runId);
  for (const [key, bytes] of left.blobs) await world.blobs.write(key, bytes, 'application/octet-stream');
  const completed = await one('complete-phase', { ...ids(), phase: 'cognate', turn: started.turn });
  expect(completed).toMatchObject({ outcome: 'done' });
  const finished = (await one('finish-run', { ...ids(), outcome: 'SUCCEEDED' })) as { report: string };
  expect(finished).toMatchObject({ status: 'succeeded' });
  expect(await world.blobs.read(finished.report)).not.toBeNull();
  const [got] = await world.invoke('api', request('GET', `/v1/runs/${runId}`));
  expect(JSON.parse(responseOf(got).body)).toMatchObject({ id: runId, status: 'succeeded' });
}, 60_000);

test('a socket is let in by an API key, brought up to date, and told what the table has anew', async () => {
  const made = await world.invoke('api', request('POST', '/v1/keys', { name: 'socket', role: 'viewer' }));
  const { key } = JSON.parse(responseOf(made[0]).body) as { key: string };
  const context = (eventType: string) => ({ routeKey: 'any', eventType, connectionId: 'L0SM9cOFvHcCIhw=' });
  const headers = { 'sec-websocket-protocol': `forge.v1, bearer.${key}` };
  const said = await world.invoke(
    'event-socket',
    { requestContext: context('CONNECT'), headers: { 'sec-websocket-protocol': 'bearer.forge_x' } },
    { requestContext: context('CONNECT'), headers },
    { requestContext: context('MESSAGE'), body: JSON.stringify({ action: 'subscribe', run: runId }) },
  );
  expect(said.map((each) => responseOf(each).statusCode)).toEqual([401, 200, 200]);
  const frames = world.posts.map(({ text }) => JSON.parse(text));
  const events = await eventsOf();
  expect(frames).toEqual([
    { type: 'subscribed', run: runId, after: 0 },
    ...events,
    { type: 'end', run: runId },
  ]);
  const document = JSON.stringify(events[0]);
  const image = { kind: { S: 'event' }, document: { S: document } };
  const record = { dynamodb: { SequenceNumber: '1', NewImage: image } };
  expect(await one('push-events', { Records: [record] })).toEqual({ batchItemFailures: [] });
  expect(world.posts.length).toBe(frames.length);
}, 60_000);

test('a phase that failed is decided on, and what is no event is refused by name', async () => {
  const failed = { ...ids(), phase: 'cognate', error: 'States.TaskFailed', cause: '{"JobId":"x"}' };
  const said = await world.invoke('fail-phase', failed, { ...failed, phase: 'none' }, null);
  expect(said.map((each) => each.error?.name ?? 'decided')).toEqual(['decided', 'validation', 'validation']);
}, 60_000);

/** A job as DescribeJobs describes it. */
const job = (change: object = {}) => ({
  jobId: 'job-1',
  jobName: `${runId}-1-cognate-base-1`,
  status: 'RUNNING',
  attempts: [],
  container: { logStreamName: STREAM },
  tags: {
    'forge-tenant': 'default',
    'forge-run': runId,
    'forge-phase': 'cognate',
    'forge-stage': 'base',
    'forge-attempt': '1',
  },
  ...change,
});

const line = (jobId: string, step: number) =>
  JSON.stringify({ type: 'phase_progress', at: '2026-03-01T12:00:00.000Z', data: { step }, job: jobId });

const packed = (messages: readonly string[], change: object = {}) => {
  const logEvents = messages.map((message, index) => ({ id: `3618712${index}`, timestamp: 1, message }));
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: 'g',
    logStream: STREAM,
    logEvents,
    ...change,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};

test('lines of a log become events of the run whose job the queue knows, once, and forged ones of nobody', async () => {
  world.jobs.set('job-1', job());
  const before = (await eventsOf()).length;
  const batch = packed([line('job-1', 1), 'loading', line('job-1', 2)]);
  const said = await world.invoke(
    'ingest-events',
    batch,
    batch,
    packed([], { messageType: 'CONTROL_MESSAGE' }),
    packed([line('job-2', 9)]),
    { awslogs: { data: 'bm90IGd6aXA=' } },
  );
  expect(said.map((each) => each.answer ?? each.error?.name)).toEqual([
    { recorded: 2, ignored: 1 },
    { recorded: 2, ignored: 1 },
    { recorded: 0, ignored: 0 },
    'dependency',
    'validation',
  ]);
  const events = await eventsOf(before);
  expect(events.map(({ type, attempt, data }) => [type, attempt, data.job, data.step])).toEqual([
    ['phase_progress', 1, 'job-1', 1],
    ['phase_progress', 1, 'job-1', 2],
  ]);
}, 60_000);

test('news of a job become events of its run, once; what is no such event is refused', async () => {
  const before = (await eventsOf()).length;
  const event = {
    version: '0',
    id: 'c8f9c4b5-76e5-d76a-f980-7011e206042b',
    'detail-type': 'Batch Job State Change',
    source: 'aws.batch',
    account: '111122223333',
    time: '2026-03-01T12:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:batch:us-east-1:111122223333:job/job-1'],
    detail: job({ jobArn: 'arn', jobQueue: 'q', parameters: {}, dependsOn: [] }),
  };
  const { tags: _tags, ...untagged } = event.detail;
  const said = await world.invoke(
    'record-job',
    event,
    event,
    { ...event, detail: { ...untagged, status: 'SUCCEEDED', attempts: [{}], tags: { resourceArn: 'arn' } } },
    { ...event, source: 'aws.s3' },
    { ...event, detail: 'text' },
    { ...event, detail: { ...untagged, jobId: 'nobody' } },
  );
  expect(said.map((each) => each.answer ?? each.error?.name)).toEqual([
    { recorded: true },
    { recorded: true },
    { recorded: true },
    'validation',
    'validation',
    'validation',
  ]);
  const types = (await eventsOf(before)).map(({ type, data }) => [type, data.status, data.jobAttempt]);
  expect(types).toEqual([
    ['JobStarted', 'RUNNING', 1],
    ['JobFinished', 'SUCCEEDED', 1],
  ]);
}, 60_000);

test('each minute every open run is looked at; an execution that has ended settles its run', async () => {
  const minute = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
  const ended = {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: { name: `${runId}-1`, status: 'ABORTED', input: JSON.stringify(ids()) },
  };
  const said = await world.invoke('reconcile', minute, ended, { ...ended, detail: {} });
  expect(said.map((each) => each.answer ?? each.error?.name)).toEqual([
    { looked: 0, faults: 0 },
    { settled: false, openJobs: 0 },
    'validation',
  ]);
}, 60_000);

test('new events of the table go onto the bus, other records do not, and a broken one comes again', async () => {
  const [event] = await eventsOf();
  const image = {
    kind: { S: 'event' },
    pk: { S: 'p' },
    sk: { S: '1' },
    document: { S: JSON.stringify(event) },
  };
  const records = (...images: readonly object[]) => ({
    Records: images.map((NewImage, index) => ({ dynamodb: { SequenceNumber: `${index + 1}00`, NewImage } })),
  });
  const broken = { ...image, document: { S: '{' } };
  const said = await world.invoke(
    'relay-events',
    records(image, { kind: { S: 'run' } }),
    records(image, broken),
    {},
  );
  expect(said.map((each) => each.answer ?? each.error?.name)).toEqual([
    { batchItemFailures: [] },
    { batchItemFailures: [{ itemIdentifier: '200' }] },
    'validation',
  ]);
}, 60_000);

test('a schedule that nobody set, and an object that no rule names, start nothing and say so', async () => {
  const at = '2026-03-01T12:00:00.000Z';
  const [scheduled] = await world.invoke('on-schedule', { schedule: 'nightly', at });
  expect(scheduled?.error?.name).toBe('not_found');
  const created = {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { object: { key: 'runs/x' } },
  };
  const [uploaded] = await world.invoke('on-upload', created);
  expect(uploaded?.error?.name).toBe('validation');
}, 60_000);

test('the gateway is told whether a key is valid: the one that was made is, and no other', async () => {
  const ports = { ...ownPorts, registry: world.table.registry };
  const { text } = await makeKey(ports, ACME, { name: 'ci', role: 'viewer', expiresInDays: 1 });
  const asked = (key: string) => ({ version: '2.0', type: 'REQUEST', identitySource: [`Bearer ${key}`] });
  const changed = text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const said = await world.invoke('authorise-key', asked(text), asked(changed), asked(''));
  expect(said.map(({ answer }) => answer)).toEqual([
    { isAuthorized: true },
    { isAuthorized: false },
    { isAuthorized: false },
  ]);
}, 60_000);

test('webhooks whose time has come are looked for', async () => {
  expect(await one('deliver-webhooks', {})).toEqual({ tried: 0 });
}, 60_000);

test('people are told how a run ended', async () => {
  const [last] = (await eventsOf()).filter(({ type }) => type === 'RunCompleted');
  const event = { source: 'agent-forge', 'detail-type': 'RunCompleted', detail: last };
  const said = await world.invoke('notify', event, { ...event, source: 'other' });
  expect(said.map((each) => each.answer ?? each.error?.name)).toEqual([{ notified: runId }, 'validation']);
}, 60_000);

/** What a cold start reads, in KB of 1024 bytes. */
const MOST_KB = { api: 240, others: 130 };

test.each(Object.keys(manifest.functions))('the bundle of %s is small enough to start quickly', (name) => {
  const bytes = readFileSync(join(PROJECT, 'dist', 'fn', name, 'index.mjs'));
  const kb = gzipSync(bytes, { level: 9 }).length / 1024;
  expect(kb).toBeLessThanOrEqual(name === 'api' ? MOST_KB.api : MOST_KB.others);
});
