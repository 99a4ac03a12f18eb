/**
 * This release reads the stores of every release whole, and goes on in them. A release adds its own once:
 * `FORGE_WRITE_STORE=0.2 npx jest test/contract/golden-stores`; one that is there is never written again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import Database from 'libsql';
import { fullJitter } from '#adapters/aws/backoff.ts';
import { dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { dynamoTable } from '#adapters/aws/dynamo-table.ts';
import { ITEMS, type Item } from '#adapters/aws/table-layout.ts';
import { embeddedWorkflow } from '#adapters/local/embedded-workflow.ts';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { urlSigner } from '#adapters/local/url-signer.ts';
import { fixtureTree, PROJECT } from '#test/support/fixture-tree.ts';
import { fillStore, readStore } from '#test/support/golden-store.ts';
import { memoryPorts } from '#test/support/memory-ports.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';
import { type MotoTable, motoTable } from '#test/support/moto-table.ts';
import { itemsOfLines, linesOf, sqlOf } from '#test/support/store-files.ts';
import { eventOf, idOf, modelOf, refusal, TENANT } from './records.ts';
import type { RegistryPorts } from './registry-world.ts';

jest.setTimeout(120_000);

const GOLDEN = join(PROJECT, 'test/golden');
const WRITE = process.env.FORGE_WRITE_STORE;
const stores = () => readdirSync(GOLDEN).filter((name) => name.startsWith('store-'));
const fileOf = (store: string, name: string) => readFileSync(join(GOLDEN, store, name), 'utf8');

let server: MotoServer;
let table: MotoTable;
let root: string;

beforeAll(async () => {
  server = await startMotoServer();
  if (WRITE) await writeGolden(join(GOLDEN, `store-${WRITE}`));
});
afterAll(() => server.close());
beforeEach(async () => {
  table = await motoTable(server);
  root = fixtureTree({});
});
afterEach(async () => {
  await table.close();
  await rm(root, { recursive: true });
});

const dynamo = ({ client, name }: MotoTable) =>
  dynamoTable(client, name, fullJitter({ tries: 3, baseMs: 1, capMs: 1 }));

function embedded(file: string): {
  readonly ports: RegistryPorts;
  readonly database: ReturnType<typeof openDatabase>;
} {
  const database = openDatabase(file);
  const signer = urlSigner(
    () => 'http://127.0.0.1:1',
    'secret',
    () => new Date(),
  );
  const workflow = embeddedWorkflow(() => {
    throw new Error('no test of stores starts an execution');
  }, 'arn');
  return { database, ports: localPorts({ database, bucket: join(root, 'bucket'), signer, workflow }) };
}

async function writeGolden(folder: string): Promise<void> {
  if (existsSync(folder)) throw new Error(`${folder} is there; a released store is never written again`);
  mkdirSync(folder, { recursive: true });
  root = fixtureTree({});
  table = await motoTable(server);
  const { database, ports } = embedded(join(root, 'cloud.db'));
  await fillStore({ ...memoryPorts(), ...ports, ...blobsOf() });
  writeFileSync(join(folder, 'cloud.sql'), sqlOf(database));
  writeFileSync(join(folder, 'records.json'), `${JSON.stringify(await readStore(ports))}\n`);
  await fillStore({ ...memoryPorts(), ...dynamoPorts(table.client, table.name) });
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
  const items = Items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, { S, N }]) => [name, N === undefined ? S : Number(N)]),
    ),
  ) as unknown as Item[];
  const kinds = new Set(items.map(({ kind }) => kind));
  expect(Object.keys(ITEMS).filter((kind) => kind !== 'part' && !kinds.has(kind))).toEqual([]);
  writeFileSync(join(folder, 'items.ndjson'), linesOf(items));
  database.close();
  await table.close();
}

/** Blobs and time stay in memory, whatever the records are written to. */
function blobsOf() {
  const { blobs, blobWriter, workflow, clock, entropy, hasher, store } = memoryPorts();
  return { blobs, blobWriter, workflow, clock, entropy, hasher, store };
}

async function goesOn({ registry, eventLog, events, models }: RegistryPorts): Promise<void> {
  const before = await events.read(TENANT, idOf(1), 0, 100);
  await eventLog.append(TENANT, [eventOf(idOf(1), { key: 'job/1/0' }), eventOf(idOf(1))]);
  expect((await events.read(TENANT, idOf(1), 0, 100)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: before.length + 1 }, (_, at) => at + 1),
  );
  const again = registry.commit(TENANT, [
    { kind: 'model', model: modelOf(20, { version: 2 }), expected: null },
  ]);
  expect(await refusal(again)).toMatchObject({ code: 'stale_version' });
  await registry.commit(TENANT, [{ kind: 'model', model: modelOf(20, { version: 3 }), expected: null }]);
  expect((await models.latest(TENANT, 'toy-reasoning'))?.id).toBe(idOf(20));
}

describe.each(WRITE ? [`store-${WRITE}`] : stores())('%s', (store) => {
  it('is read whole from SQLite, and gone on in', async () => {
    const file = join(root, 'cloud.db');
    const fresh = new Database(file);
    fresh.exec(fileOf(store, 'cloud.sql'));
    fresh.close();
    const { ports, database } = embedded(file);
    expect(await readStore(ports)).toEqual(JSON.parse(fileOf(store, 'records.json')));
    await goesOn(ports);
    database.close();
  });

  it('is read whole from DynamoDB, and gone on in', async () => {
    await dynamo(table).putAll(itemsOfLines(fileOf(store, 'items.ndjson')));
    const ports = dynamoPorts(table.client, table.name);
    expect(await readStore(ports)).toEqual(JSON.parse(fileOf(store, 'records.json')));
    await goesOn(ports);
  });
});

it('a SQLite file of a later release is refused with the reason, and left as it is', () => {
  const file = join(root, 'cloud.db');
  const { database } = embedded(file);
  database.exec('PRAGMA user_version = 2');
  database.exec('DROP TABLE presets');
  database.close();
  const opened = () => openDatabase(file);
  expect(opened).toThrow(expect.objectContaining({ kind: 'dependency', code: 'newer_store' }));
  expect(opened).toThrow(`${file} has form 2; this release reads forms up to 1.`);
  const left = new Database(file);
  const tables = left.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  expect(tables.map((row) => (row as { name: string }).name)).toEqual(
    expect.not.arrayContaining(['presets']),
  );
  left.close();
});
