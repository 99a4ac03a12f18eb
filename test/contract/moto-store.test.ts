/** What only DynamoDB makes hard: items of 400 KB, transactions of 100 actions, writers in several processes. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { partitionOf } from '#adapters/aws/table-layout.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';
import { type MotoTable, motoTable } from '#test/support/moto-table.ts';
import { toyCorpus, toyDocument } from '#test/support/toy-run.ts';
import { quotaOf } from './quota-tests.ts';
import { AT, eventOf, idOf, metricOf, modelOf, presetOf, runOf, TENANT } from './records.ts';

jest.setTimeout(120_000);

let server: MotoServer;
let table: MotoTable;
const portsOfProcess = () => dynamoPorts(table.client, table.name);

beforeAll(async () => {
  server = await startMotoServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  table = await motoTable(server);
});
afterEach(() => table.close());

const LONG = 'é"'.repeat(300_000);
const longRun = (version: number, name = 'long') =>
  runOf(1, { version, name, resolved: { ...runOf(1).resolved, name: `${version}${LONG}` } });

/** Versions whose parts are in the table. */
async function partsOf(owner: string): Promise<readonly string[]> {
  const found = table.sent.flatMap(({ operation, body }) =>
    operation === 'BatchWriteItem'
      ? (JSON.stringify(body).match(/"pk":\{"S":"[^"]*#PARTS"\},"sk":\{"S":"[^"]*"/g) ?? [])
      : [],
  );
  const keys = [...new Set(found)].map((text) => /"sk":\{"S":"([^"]*)"/.exec(text)?.[1] ?? '');
  const pk = partitionOf('part', { owner });
  const left = await Promise.all(
    keys.map((sk) =>
      table.client.send(new GetItemCommand({ TableName: table.name, Key: { pk: { S: pk }, sk: { S: sk } } })),
    ),
  );
  return [
    ...new Set(
      left.flatMap(({ Item }) => Number(Item?.sk?.S?.split('#')[0] ?? Number.NaN) || []).map(String),
    ),
  ];
}

describe('a document that is too long for an item', () => {
  it('lies in parts and is read whole, by id, in lists and after a change, which leaves none of its older parts', async () => {
    const ports = portsOfProcess();
    await ports.registry.commit(TENANT, [{ kind: 'run', run: longRun(1), expected: null }]);
    expect(await ports.runs.get(TENANT, idOf(1))).toEqual(longRun(1));
    const { pk, sk } = { pk: partitionOf('run', { tenant: TENANT, run: idOf(1) }), sk: 'RUN' };
    expect(await partsOf(`${pk}#${sk}`)).toEqual(['1']);

    await ports.registry.commit(TENANT, [{ kind: 'run', run: longRun(2), expected: 1 }]);
    expect(await ports.runs.get(TENANT, idOf(1))).toEqual(longRun(2));
    expect(await partsOf(`${pk}#${sk}`)).toEqual(['2']);
    const preset = presetOf({ description: LONG });
    await ports.registry.commit(TENANT, [{ kind: 'preset', preset, expected: null }]);
    expect((await ports.presets.list(TENANT)).at(-1)).toEqual(preset);
  });

  it('is not visible when its commit is refused, and the winner of a race is whole', async () => {
    const ports = portsOfProcess();
    await ports.registry.commit(TENANT, [{ kind: 'run', run: longRun(1), expected: null }]);
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) =>
        portsOfProcess().registry.commit(TENANT, [{ kind: 'run', run: longRun(2, name), expected: 1 }]),
      ),
    );
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await ports.runs.get(TENANT, idOf(1))).toEqual(longRun(2, ['a', 'b', 'c'][won]));
  });

  it('goes through the event log as well', async () => {
    const ports = portsOfProcess();
    await ports.eventLog.append(TENANT, [eventOf(idOf(1), { data: { text: LONG } }), eventOf(idOf(1))]);
    const events = await ports.events.read(TENANT, idOf(1), 0, 10);
    expect(events.map(({ seq, data }) => [seq, data.text === LONG])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('is a model with ten thousand parents, each of which lists it', async () => {
    const ports = portsOfProcess();
    const parents = Array.from({ length: 10_000 }, (_, at) => ({
      modelId: makeUlid(new Date(Date.parse(AT) + at), new Uint8Array(10).fill(1)),
      relation: 'merged-from' as const,
      weight: 1e-4,
    }));
    const model = modelOf(20_000, { parents });
    await ports.registry.commit(TENANT, [{ kind: 'model', model, expected: null }]);
    expect(await ports.models.get(TENANT, model.id)).toEqual(model);
    const last = parents.at(-1)?.modelId ?? '';
    const { items } = await ports.models.list(TENANT, { parent: last }, { limit: 10, after: null });
    expect(items).toEqual([model]);
    expect(await ports.models.edgesAbove(TENANT, model.id)).toHaveLength(10_000);
  });
});

describe('a commit that is too large for a transaction', () => {
  it('is refused with the reason, and nothing of it is there', async () => {
    const ports = portsOfProcess();
    const changes = Array.from({ length: 40 }, (_, at): Change => {
      return { kind: 'model', model: modelOf(at, { name: `model-${at}` }), expected: null };
    });
    await expect(ports.registry.commit(TENANT, changes)).rejects.toMatchObject({
      kind: 'too_large',
      code: 'commit_too_large',
      facts: { http: 413 },
    });
    expect((await ports.models.list(TENANT, {}, { limit: 50, after: null })).items).toEqual([]);
  });

  it('is no matter for 10 MB of documents: the longest go into parts', async () => {
    const ports = portsOfProcess();
    const models = Array.from({ length: 14 }, (_, at) =>
      modelOf(at, { name: `model-${at}`, licence: 'x'.repeat(at % 2 === 0 ? 340_000 : 900_000) }),
    );
    await ports.registry.commit(
      TENANT,
      models.map((model) => ({ kind: 'model', model, expected: null })),
    );
    const { items } = await ports.models.list(TENANT, {}, { limit: 50, after: null });
    expect(items).toEqual([...models].reverse());
  });

  it('is cut where it may be: a hundred and twenty events and metric records keep their order', async () => {
    const ports = portsOfProcess();
    const numbers = Array.from({ length: 120 }, (_, at) => at);
    await ports.eventLog.append(
      TENANT,
      numbers.map((step) => eventOf(idOf(1), { key: `k${step}`, data: { step } })),
    );
    const events = await ports.events.read(TENANT, idOf(1), 0, 1000);
    expect(events.map(({ seq, data }) => [seq, data.step])).toEqual(numbers.map((step) => [step + 1, step]));
    const metrics = numbers.map((step) => metricOf(idOf(1), `a/m${step}`, { value: step }));
    await ports.metricLog.record(TENANT, metrics);
    await ports.metricLog.record(
      TENANT,
      metrics.map((metric) => ({ ...metric, value: -1 })),
    );
    expect(await ports.metrics.list(TENANT, idOf(1), {})).toEqual(metrics);
  });
});

describe('writers and readers in several processes', () => {
  it('number the events of a run without gaps', async () => {
    const writers = Array.from({ length: 5 }, () => portsOfProcess());
    await Promise.all(
      writers.map(async ({ eventLog, registry }, writer) => {
        for (const step of [0, 1, 2, 3]) {
          await eventLog.append(TENANT, [
            eventOf(idOf(1), { data: { writer, step }, key: `${writer}/${step}` }),
          ]);
          await registry.commit(TENANT, [
            { kind: 'event', event: eventOf(idOf(1), { key: `shared/${step}` }) },
          ]);
        }
      }),
    );
    const events = await portsOfProcess().events.read(TENANT, idOf(1), 0, 1000);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    const steps = events.filter(({ data }) => data.writer === 3).map(({ data }) => data.step);
    expect(steps).toEqual([0, 1, 2, 3]);
  });

  it('keep one of several metric records of an id', async () => {
    const writers = [1, 2, 3, 4].map((value) =>
      portsOfProcess().metricLog.record(TENANT, [
        metricOf(idOf(1), 'a/loss', { value }),
        metricOf(idOf(1), `b/${value}`),
      ]),
    );
    await Promise.all(writers);
    const all = await portsOfProcess().metrics.list(TENANT, idOf(1), {});
    expect(all.map(({ name }) => name).sort()).toEqual(['a/loss', 'b/1', 'b/2', 'b/3', 'b/4']);
    expect((await portsOfProcess().metrics.get(TENANT, all[0]?.id ?? ''))?.value).toBe(all[0]?.value);
  });

  it('see what another one appended: who waits looks again', async () => {
    const begin = performance.now();
    const woken = portsOfProcess().events.waitForNews(TENANT, idOf(1), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await portsOfProcess().eventLog.append(TENANT, [eventOf(idOf(1))]);
    await woken;
    expect(performance.now() - begin).toBeLessThan(30_000);
  });
});

it('fifty identical submissions give one run, one execution and one event', async () => {
  const memory = memoryPorts();
  const ports = { ...memory, ...portsOfProcess(), corpora: memory.corpora };
  await toyCorpus(memory);
  const submission = { document: toyDocument(), idempotencyKey: 'the key' };
  const runs = await Promise.all(Array.from({ length: 50 }, () => submitRun(ports, ADMIN, submission)));
  expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
  const { items } = await ports.runs.list(ADMIN.tenant, {}, { limit: 100, after: null });
  expect(items.map(({ id }) => id)).toEqual([runs[0]?.id]);
  expect(memory.workflow.started.size).toBe(1);
  const events = await ports.events.read(ADMIN.tenant, runs[0]?.id ?? '', 0, 10);
  expect(events.map(({ type }) => type)).toEqual(['RunSubmitted']);
});

it('lets exactly three of twenty submissions in, each from a process of its own, under a limit of three', async () => {
  const memory = memoryPorts();
  await toyCorpus(memory);
  await portsOfProcess().registry.commit(ADMIN.tenant, [
    { kind: 'quota', quota: quotaOf({ tenant: ADMIN.tenant, gpuHoursPerMonth: null }), expected: null },
  ]);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) =>
      submitRun({ ...memory, ...portsOfProcess(), corpora: memory.corpora }, ADMIN, {
        document: toyDocument(),
        idempotencyKey: `key ${at}`,
      }),
    ),
  );
  const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(codes).toEqual(Array(17).fill('quota_exceeded'));
  const { items } = await portsOfProcess().runs.list(ADMIN.tenant, {}, { limit: 100, after: null });
  expect(items).toHaveLength(3);
  expect(memory.workflow.started.size).toBe(3);
});

it('lets DynamoDB delete an Idempotency-Key when it has expired', async () => {
  const change = {
    key: 'key',
    bodyHash: 'hash',
    runId: idOf(1),
    now: AT,
    expiresAt: '2026-03-02T12:00:00.500Z',
  };
  await portsOfProcess().registry.commit(TENANT, [{ kind: 'idempotency', ...change }]);
  const put = table.sent.find(({ operation }) => operation === 'TransactWriteItems');
  expect(JSON.stringify(put?.body)).toContain(
    `"ttl":{"N":"${Date.parse('2026-03-02T12:00:01.000Z') / 1000}"}`,
  );
});
