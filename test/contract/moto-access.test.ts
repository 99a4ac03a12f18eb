/** How the table is read and written: by key or by a limited query, at any size; docs/data-model.md says the same. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fullJitter } from '#adapters/aws/backoff.ts';
import { type DynamoPorts, dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { dynamoTable } from '#adapters/aws/dynamo-table.ts';
import { ITEMS, type Item } from '#adapters/aws/table-layout.ts';
import { newConnection, newSubscription } from '#core/domain/socket.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { stubService } from '#test/support/aws/stub-service.ts';
import { expectSection, markdownTable } from '#test/support/document-section.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';
import { type MotoTable, motoTable, type SentRequest } from '#test/support/moto-table.ts';
import { bodyOf, traceOf } from '#test/support/table-trace.ts';
import { entryOf, keyOf } from './access-tests.ts';
import { costOf } from './cost-tests.ts';
import { quotaOf } from './quota-tests.ts';
import {
  AT,
  aliasOf,
  corpusOf,
  eventOf,
  idOf,
  metricOf,
  modelOf,
  presetOf,
  runOf,
  TENANT,
  uploadOf,
} from './records.ts';
import { deliveryOf, webhookOf } from './webhook-tests.ts';

jest.setTimeout(180_000);

const PAGE = { limit: 50, after: null };
const RUN = idOf(1);
const MODEL = idOf(2);
const LATER = '2026-03-01T12:01:00.000Z';

/** Every way in which the ports read. */
const READS: Readonly<Record<string, (ports: DynamoPorts) => Promise<unknown>>> = {
  'runs.get': ({ runs }) => runs.get(TENANT, RUN),
  'runs.list': ({ runs }) => runs.list(TENANT, {}, PAGE),
  'runs.list of a status': ({ runs }) => runs.list(TENANT, { status: 'queued' }, PAGE),
  'runs.byIdempotencyKey': ({ runs }) => runs.byIdempotencyKey(TENANT, 'key', AT),
  'models.get': ({ models }) => models.get(TENANT, MODEL),
  'models.list': ({ models }) => models.list(TENANT, {}, PAGE),
  'models.list of a parent': ({ models }) => models.list(TENANT, { parent: MODEL }, PAGE),
  'models.list of a name': ({ models }) => models.list(TENANT, { name: 'toy-reasoning' }, PAGE),
  'models.list of a run': ({ models }) => models.list(TENANT, { run: RUN }, PAGE),
  'models.list of a status': ({ models }) => models.list(TENANT, { status: 'active' }, PAGE),
  'models.list of a phase': ({ models }) => models.list(TENANT, { phase: 'cognate' }, PAGE),
  'models.byName, newest': ({ models }) => models.byName(TENANT, 'toy-reasoning', null),
  'models.byName, of a version': ({ models }) => models.byName(TENANT, 'toy-reasoning', 1),
  'models.latest': ({ models }) => models.latest(TENANT, 'toy-reasoning'),
  'models.alias': ({ models }) => models.alias(TENANT, 'toy-reasoning', 'best'),
  'models.edgesAbove, per generation': ({ models }) => models.edgesAbove(TENANT, MODEL),
  'corpora.get': ({ corpora }) => corpora.get(TENANT, idOf(4)),
  'corpora.list': ({ corpora }) => corpora.list(TENANT, PAGE),
  'corpora.byName': ({ corpora }) => corpora.byName(TENANT, 'speeches'),
  'corpora.byHash': ({ corpora }) => corpora.byHash(TENANT, corpusOf(4).sha256),
  'uploads.byContent': ({ uploads }) => uploads.byContent(TENANT, uploadOf(7).contentHash),
  'uploads.list': ({ uploads }) => uploads.list(TENANT, PAGE),
  'keys.get': ({ keys }) => keys.get(TENANT, idOf(9)),
  'keys.list': ({ keys }) => keys.list(TENANT, PAGE),
  'quotas.get': ({ quotas }) => quotas.get(TENANT),
  'costs.list': ({ costs }) => costs.list(TENANT, idOf(1)),
  'quotas.gpuSeconds': ({ quotas }) => quotas.gpuSeconds(TENANT, '2026-03'),
  'audit.list': ({ audit }) => audit.list(TENANT, PAGE),
  'webhooks.get': ({ webhooks }) => webhooks.get(TENANT, idOf(1)),
  'webhooks.list': ({ webhooks }) => webhooks.list(TENANT),
  'webhooks.delivery': ({ webhooks }) => webhooks.delivery(TENANT, idOf(1), idOf(8)),
  'webhooks.deliveries': ({ webhooks }) => webhooks.deliveries(TENANT, idOf(1), PAGE),
  'webhooks.due': ({ webhooks }) => webhooks.due(TENANT, LATER, 50),
  'presets.get': ({ presets }) => presets.get(TENANT, 'mine'),
  'presets.list': ({ presets }) => presets.list(TENANT),
  'connections.connection': ({ connections }) => connections.connection('one=', AT),
  'connections.followed': ({ connections }) => connections.followed('one='),
  'connections.subscription': ({ connections }) => connections.subscription(TENANT, RUN, 'one='),
  'connections.followers, per page': async ({ connections }) => {
    for await (const _page of connections.followers(TENANT, RUN));
  },
  'events.read': ({ events }) => events.read(TENANT, RUN, 0, 100),
  'events.waitForNews, each look': ({ events }) => events.waitForNews(TENANT, RUN, 20),
  'metrics.list': ({ metrics }) => metrics.list(TENANT, RUN, {}),
  'metrics.get': ({ metrics }) => metrics.get(TENANT, metricOf(RUN, 'base/loss').id),
  'tenants.list': ({ tenants }) => tenants.list(),
};

const child = modelOf(3, {
  name: 'child',
  parents: [{ modelId: MODEL, relation: 'continued-from', weight: 1 }],
});
const tried = deliveryOf(8, { recordVersion: 2, attempts: 1, nextAttemptAt: LATER });
const preset = presetOf({ recordVersion: 2 });
const key = { key: 'key', bodyHash: 'hash', runId: RUN, now: AT, expiresAt: '2026-03-02T12:00:00.000Z' };
/** Every kind of change, in an order in which each can be made. */
const WRITES: Readonly<Record<string, Change>> = {
  'a new run': { kind: 'run', run: runOf(1), expected: null },
  'a changed run': { kind: 'run', run: runOf(1, { version: 2 }), expected: 1 },
  'a run of another status': { kind: 'run', run: runOf(1, { version: 3, status: 'running' }), expected: 2 },
  'a new model': { kind: 'model', model: modelOf(2), expected: null },
  'its next version': {
    kind: 'model',
    model: modelOf(5, { version: 2, status: 'archived' }),
    expected: null,
  },
  'a model with a parent': { kind: 'model', model: child, expected: null },
  'a model of another status': {
    kind: 'model',
    model: modelOf(5, { version: 2, recordVersion: 2 }),
    expected: 1,
  },
  'an alias': { kind: 'alias', alias: aliasOf(MODEL), expected: null },
  'a moved alias': { kind: 'alias', alias: aliasOf(idOf(5), { recordVersion: 2 }), expected: 1 },
  'a corpus': { kind: 'corpus', corpus: corpusOf(4), expected: null },
  'an upload': { kind: 'upload', upload: uploadOf(7), expected: null },
  'an API key': { kind: 'key', key: keyOf(9), expected: null },
  'a quota': { kind: 'quota', quota: quotaOf(), expected: null },
  'the GPU seconds of a job': {
    kind: 'gpu-use',
    use: { tenant: TENANT, month: '2026-03', jobId: 'job', gpuSeconds: 90 },
  },
  'what an attempt costs': { kind: 'cost', entry: costOf() },
  'the condition that a run may work': { kind: 'admit-run', run: idOf(9), most: 100 },
  'an entry of the audit log': { kind: 'audit', entry: entryOf(9) },
  'a webhook': { kind: 'webhook', webhook: webhookOf(1), expected: null },
  'a webhook less': { kind: 'delete-webhook', id: idOf(1), expected: 1 },
  'a message to a webhook': { kind: 'queue-delivery', delivery: deliveryOf(8) },
  'a try of it': { kind: 'delivery', delivery: tried, expected: 1 },
  'a preset': { kind: 'preset', preset: presetOf(), expected: null },
  'a changed preset': { kind: 'preset', preset, expected: 1 },
  'a preset less': { kind: 'delete-preset', name: 'mine', expected: 2 },
  'an Idempotency-Key': { kind: 'idempotency', ...key },
  'an event with a key': { kind: 'event', event: eventOf(RUN, { key: 'k' }) },
};

let server: MotoServer;
let table: MotoTable;
let ports: DynamoPorts;
/** The requests of each read when it was traced last. */
const seen = new Map<string, readonly SentRequest[]>();

beforeAll(async () => {
  server = await startMotoServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  table = await motoTable(server);
  ports = dynamoPorts(table.client, table.name);
});
afterEach(() => table.close());

async function traced(work: () => Promise<unknown>): Promise<readonly string[]> {
  table.sent.length = 0;
  await work();
  return traceOf(table.sent);
}

async function readTraces(): Promise<Readonly<Record<string, readonly string[]>>> {
  const traces: Record<string, readonly string[]> = {};
  for (const [name, read] of Object.entries(READS)) {
    const trace = await traced(() => read(ports));
    seen.set(name, [...table.sent]);
    traces[name] = name.includes(', each look') || name.includes(', per ') ? [...new Set(trace)] : trace;
  }
  return traces;
}

async function writeTraces(): Promise<Readonly<Record<string, readonly string[]>>> {
  const traces: Record<string, readonly string[]> = {};
  for (const [name, change] of Object.entries(WRITES)) {
    traces[name] = await traced(() =>
      dynamoPorts(table.client, table.name).registry.commit(TENANT, [change]),
    );
  }
  traces['a counted request'] = await traced(() =>
    dynamoPorts(table.client, table.name).rateCounter.count(TENANT, Date.parse(AT) / 1000),
  );
  Object.assign(traces, await socketTraces());
  const metrics = [metricOf(RUN, 'base/loss')];
  traces['a metric record'] = await traced(() => ports.metricLog.record(TENANT, metrics));
  await ports.registry.commit(TENANT, [
    { kind: 'run', run: runOf(6), expected: null },
    { kind: 'preset', preset: presetOf(), expected: null },
  ]);
  return traces;
}

async function socketTraces(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { connections } = dynamoPorts(table.client, table.name);
  const open = newConnection({ tenant: TENANT, role: 'viewer', subject: 'x' }, 'one=', new Date(AT));
  const followed = newSubscription(open, RUN, 0);
  return {
    'a connection': await traced(() => connections.open(open)),
    'a run that it follows': await traced(() => connections.save(followed, null)),
    'how far it was sent the run': await traced(() => connections.save({ ...followed, recordVersion: 2 }, 1)),
    'a run that it follows less': await traced(() => connections.drop(TENANT, RUN, 'one=')),
    'a connection less': await traced(() => connections.close('one=')),
  };
}

/** The records of a thousand of everything as the adapters would write them, without waiting for moto's transactions. */
async function itemsOf(changes: readonly Change[]): Promise<readonly Item[]> {
  const { config, sent } = stubService(() => ({}));
  const { registry } = dynamoPorts(new DynamoDBClient(config), table.name);
  for (const change of changes) await registry.commit(TENANT, [change]);
  return sent
    .flatMap(({ body }) => JSON.parse(body).TransactItems ?? [])
    .flatMap(({ Put }) => (Put ? [Put.Item as Record<string, { S?: string; N?: string }>] : []))
    .map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([name, { S, N }]) => [name, N === undefined ? S : Number(N)]),
      ),
    ) as unknown as Item[];
}

const thousand = Array.from({ length: 1000 }, (_, at) => 10 + at).flatMap((number): Change[] => [
  { kind: 'run', run: runOf(number), expected: null },
  { kind: 'model', model: modelOf(number, { version: number - 7, parents: child.parents }), expected: null },
]);

describe('reading', () => {
  it('is by key or by a query with a limit, consistent, never through an index and never a scan, also of a thousand', async () => {
    await writeTraces();
    const few = await readTraces();
    await dynamoTable(table.client, table.name, fullJitter({ tries: 1, baseMs: 1, capMs: 1 })).putAll(
      await itemsOf(thousand),
    );
    const many = await readTraces();
    expect(many).toEqual(few);

    for (const [name, requests] of seen) {
      for (const request of requests) {
        const { Limit, IndexName, ConsistentRead, RequestItems } = bodyOf(request);
        const consistent = RequestItems?.[table.name]?.ConsistentRead ?? ConsistentRead;
        expect([name, request.operation, consistent, IndexName]).toEqual([
          name,
          expect.stringMatching(/^(GetItem|BatchGetItem|Query)$/),
          true,
          undefined,
        ]);
        if (request.operation === 'Query') expect(Limit).toBeLessThanOrEqual(1000);
      }
    }
    const { items } = await ports.models.list(TENANT, { parent: MODEL }, PAGE);
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, at) => idOf(1009 - at)));
  });
});

describe('docs/data-model.md', () => {
  const file = 'docs/data-model.md';
  const code = (words: string) => words.replace(/(\w+)(?=,|$)/g, '`$1`');

  it('names every kind of item with its keys', () => {
    const lines = Object.entries(ITEMS).map(([name, { pk, sk, holds }]) => [
      `\`${name}\``,
      `\`${pk}\``,
      `\`${sk}\``,
      holds,
    ]);
    expectSection(file, 'items', markdownTable(['item', 'pk', 'sk', 'holds'], lines));
  });

  it('leaves no reading method of a port out', () => {
    const read = new Set(Object.keys(READS).map((name) => /^\w+\.\w+/.exec(name)?.[0]));
    const ofReaders = Object.entries(ports)
      .filter(([port]) => !['registry', 'eventLog', 'metricLog', 'rateCounter'].includes(port))
      .flatMap(([port, methods]) => Object.keys(methods).map((method) => `${port}.${method}`));
    const sockets = ['open', 'close', 'save', 'drop'].map((name) => `connections.${name}`);
    const writing = [...sockets, 'events.place', 'events.announce', 'events.append'];
    expect(ofReaders.filter((name) => !read.has(name))).toEqual(writing);
  });

  it('names every read and every write as the code makes them', async () => {
    const writes = await writeTraces();
    const reads = await readTraces();
    const linesOf = (traces: Readonly<Record<string, readonly string[]>>) =>
      Object.entries(traces).map(([name, trace]) => [name, trace.map(code).join('; ')]);
    expectSection(file, 'reads', markdownTable(['read', 'requests'], linesOf(reads)));
    expectSection(file, 'writes', markdownTable(['written', 'requests'], linesOf(writes)));
    const named = [reads, writes].flatMap((traces) => JSON.stringify(traces).match(/\w+/g) ?? []);
    const missing = Object.keys(ITEMS).filter((item) => item !== 'part' && !named.includes(item));
    expect(missing).toEqual([]);
  });
});
