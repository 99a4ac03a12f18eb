/** The bus of the embedded cloud on a real database: after the commit, at least once, in order, past whoever throws. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNotifier } from '#adapters/local/file-notifier.ts';
import { openDatabase, type SqliteDatabase } from '#adapters/local/sqlite-database.ts';
import { type SqliteEventLog, sqliteEventLog } from '#adapters/local/sqlite-event-log.ts';
import { type HandOvers, sqliteHandOvers } from '#adapters/local/sqlite-hand-overs.ts';
import type { EventType } from '#contracts/source/event-types.ts';
import manifest from '#contracts/subscriptions.json' with { type: 'json' };
import type { EventFunction } from '#functions/shared/event-function.ts';
import { ATTEMPTS, eventRelay, relayOnce } from '#local/event-relay.ts';
import { subscriberTable } from '#local/function-table.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { until } from '#test/support/server-process.ts';

jest.setTimeout(120_000);

const AT = '2026-03-01T12:00:00.000Z';
const FIRST = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const SECOND = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
const SUBSCRIPTIONS = [
  { function: 'steady', types: ['RunStarted', 'RunCompleted'] },
  { function: 'broken', types: ['RunStarted', 'RunCompleted'] },
];

let folder: string;
let database: SqliteDatabase;
let handOvers: HandOvers;
let log: SqliteEventLog;
let now: number;
const faults: string[] = [];
const onFault = (what: string) => void faults.push(what);

beforeEach(() => {
  folder = fixtureTree({ '.keep': '' });
  now = Date.parse(AT);
  faults.length = 0;
  database = openDatabase(join(folder, 'cloud.db'));
  handOvers = sqliteHandOvers(database, SUBSCRIPTIONS);
  log = sqliteEventLog(database, handOvers);
});
afterEach(() => database.close());
afterAll(removeFixtures);

const eventOf = (type: EventType, run = FIRST, key?: string) => ({
  type,
  run,
  phase: null,
  attempt: null,
  at: AT,
  data: {},
  ...(key === undefined ? {} : { key }),
});
const relay = (subscriber: string, call: EventFunction) =>
  relayOnce({ handOvers, now: () => new Date(now), onFault }, subscriber, call);

/** Offers until nothing more is due. @returns what the subscriber was sent, as `run/number type` */
async function drain(subscriber: string, fails: (name: string) => boolean = () => false): Promise<string[]> {
  const sent: string[] = [];
  const call: EventFunction = async (event) => {
    const { detail } = event as { detail: { run: string; seq: number; type: string } };
    const name = `${detail.run === FIRST ? 1 : 2}/${detail.seq} ${detail.type}`;
    sent.push(name);
    if (fails(name)) throw new Error('no');
  };
  while (await relay(subscriber, call));
  return sent;
}

describe('events of the log', () => {
  it('reach each subscriber of their type once, in order per run, and nobody else', async () => {
    await log.append('default', [
      eventOf('RunSubmitted'),
      eventOf('RunStarted'),
      eventOf('RunStarted', SECOND),
    ]);
    await log.append('default', [eventOf('RunCompleted'), eventOf('RunCompleted', SECOND)]);
    const all = ['1/2 RunStarted', '2/1 RunStarted', '1/3 RunCompleted', '2/2 RunCompleted'];
    expect(await drain('steady')).toEqual(all);
    expect(await drain('steady')).toEqual([]);
    expect(await drain('broken')).toEqual(all);
    expect(await drain('nobody')).toEqual([]);
  });

  it('that are announced twice under one key are handed over once', async () => {
    for (const _ of [1, 2]) await log.append('default', [eventOf('RunStarted', FIRST, 'started')]);
    expect(await drain('steady')).toEqual(['1/1 RunStarted']);
  });

  it('whose transaction is undone are handed to nobody', async () => {
    const commit = database.transaction(() => {
      log.insert('default', eventOf('RunStarted'));
      throw new Error('undone');
    });
    expect(commit).toThrow('undone');
    expect(await drain('steady')).toEqual([]);
  });
});

describe('a subscriber that throws', () => {
  it('is offered the event again, later each time, while its later ones of that run wait and no other run does', async () => {
    await log.append('default', [
      eventOf('RunStarted'),
      eventOf('RunCompleted'),
      eventOf('RunStarted', SECOND),
    ]);
    const fails = (name: string) => name === '1/1 RunStarted';
    const waits: number[] = [];
    expect(await drain('broken', fails)).toEqual(['1/1 RunStarted', '2/1 RunStarted']);
    for (let tries = 1; tries < ATTEMPTS - 1; tries += 1) {
      const start = now;
      while ((await drain('broken', fails)).length === 0) now += 500;
      waits.push(now - start);
    }
    expect(waits).toEqual([1000, 4000, 16_000]);
    now += 64_000;
    expect(await drain('broken', fails)).toEqual(['1/1 RunStarted', '1/2 RunCompleted']);
    expect(handOvers.deadLetters()).toEqual([
      {
        subscriber: 'broken',
        tenant: 'default',
        run: FIRST,
        seq: 1,
        at: new Date(now).toISOString(),
        attempts: ATTEMPTS,
        reason: 'no',
      },
    ]);
    expect(faults).toEqual([`event 1 of run ${FIRST} given up for broken after ${ATTEMPTS} attempts`]);
    expect(await log.read('default', FIRST, 0, 10)).toHaveLength(2);
  });

  it('holds up no other one, nor one that never answers', async () => {
    await log.append('default', [eventOf('RunStarted'), eventOf('RunCompleted')]);
    const got: unknown[] = [];
    const workers = eventRelay({
      handOvers,
      now: () => new Date(now),
      onFault,
      subscribers: {
        broken: () => new Promise(() => undefined),
        steady: async (event) => got.push(event),
      },
    });
    workers.start();
    await until('both events at the steady one', 30, () => got.length === 2);
    expect(got[0]).toMatchObject({ source: 'agent-forge', 'detail-type': 'RunStarted', detail: { seq: 1 } });
  });
});

describe('a process that is killed', () => {
  const file = () => join(folder, 'notifications.ndjson');
  const notices = () => (existsSync(file()) ? readFileSync(file(), 'utf8').trim().split('\n') : []);
  const run = (moment: string) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'test/support/relay-process.ts', folder, moment], {
      cwd: PROJECT,
      env: { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT' },
      encoding: 'utf8',
      timeout: 60_000,
    });

  it.each([
    ['after the commit', 0],
    ['after the hand-over', 1],
  ])('%s leaves the event to the next start, whose notice stands there once', (moment, before) => {
    expect(run(moment).signal).toBe('SIGKILL');
    expect(notices()).toHaveLength(before);
    const waiting = sqliteHandOvers(database, manifest.subscriptions).due('notify', Date.now());
    expect(waiting.map(({ event }) => event.type)).toEqual(['RunCompleted']);
    expect(run('next start')).toMatchObject({ status: 0, stdout: '' });
    expect(notices().map((line) => JSON.parse(line))).toEqual([
      {
        subject: `Run ${FIRST} succeeded`,
        text: expect.stringContaining(AT),
        attributes: { type: 'RunCompleted', tenant: 'default', run: FIRST },
      },
    ]);
    expect(sqliteHandOvers(database, manifest.subscriptions).due('notify', Date.now())).toEqual([]);
  });
});

it('every subscriber of the manifest is a function of this server', () => {
  const table = subscriberTable({ notifier: fileNotifier(join(folder, 'n')) });
  expect(Object.keys(table).sort()).toEqual(
    [...new Set(manifest.subscriptions.map((each) => each.function))].sort(),
  );
});
