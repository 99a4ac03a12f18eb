/** The event log in SQLite: numbers per run without gaps, repeated keys dropped, waiting readers woken. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { NewEvent } from '#core/domain/event.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import { documents, type SqliteDatabase } from './sqlite-database.ts';
import type { HandOvers } from './sqlite-hand-overs.ts';

export interface SqliteEventLog extends EventReader, EventWriter {
  /** Adds one event inside the caller's transaction. */
  insert(tenant: string, event: NewEvent): void;
  /** Wakes who waits for these runs; to be called after the transaction. */
  announce(tenant: string, runs: readonly string[]): void;
}

/** Events as they are read: the key was for writing only. */
function envelope(tenant: string, seq: number, { key: _key, ...event }: NewEvent): ForgeEvent {
  const { type, run, phase, attempt, at, data } = event;
  return { seq, type, tenant, run, phase, attempt, at, data };
}

/** @param handOvers who is to be told of an event, written with it. @default nobody */
export function sqliteEventLog(
  database: SqliteDatabase,
  handOvers: Pick<HandOvers, 'add'> = { add: () => undefined },
): SqliteEventLog {
  const waiting = waiters();
  const { read, forget } = sharedReader(database);
  const insertOne = inserter(database, handOvers);
  const insert: SqliteEventLog['insert'] = (tenant, event) => {
    forget();
    insertOne(tenant, event);
  };
  const appendAll = database.transaction((tenant: string, events: readonly NewEvent[]) => {
    for (const event of events) insert(tenant, event);
  });
  const announce = (tenant: string, runs: readonly string[]) => {
    forget();
    for (const run of new Set(runs)) waiting.wake(`${tenant}/${run}`);
  };
  return {
    insert,
    announce,
    async append(tenant, events) {
      appendAll.immediate(tenant, events);
      announce(
        tenant,
        events.map((event) => event.run),
      );
    },
    read: async (tenant, run, after, limit) => read(tenant, run, after, limit),
    waitForNews: (tenant, run, timeoutMs) => waiting.wait(`${tenant}/${run}`, timeoutMs),
  };
}

/** Who waits for which run; a thousand may wait for one, so nobody is searched for in a list. */
function waiters() {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wake(name: string): void {
      const woken = waiting.get(name);
      waiting.delete(name);
      for (const wake of woken ?? []) wake();
    },
    wait: (name: string, milliseconds: number): Promise<void> =>
      new Promise((resolve) => {
        const others = waiting.get(name) ?? new Set();
        waiting.set(name, others);
        const wake = () => {
          clearTimeout(timer);
          others.delete(wake);
          if (others.size === 0 && waiting.get(name) === others) waiting.delete(name);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds).unref();
        others.add(wake);
      }),
  };
}

type Read = (tenant: string, run: string, after: number, limit: number) => readonly ForgeEvent[];

/**
 * Those who are woken together look at the same rows: one look is shared until something is written or the event loop
 * turns, whichever comes first.
 */
function sharedReader(database: SqliteDatabase): { readonly read: Read; readonly forget: () => void } {
  const select = database.prepare(
    'SELECT document FROM events WHERE tenant = ? AND run = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const looks = new Map<string, readonly ForgeEvent[]>();
  const forget = () => looks.clear();
  return {
    forget,
    read(tenant, run, after, limit) {
      const name = `${tenant}/${run}/${after}/${limit}`;
      const known = looks.get(name);
      if (known) return known;
      const events = documents<ForgeEvent>(select.all(tenant, run, after, limit));
      if (looks.size === 0) setImmediate(forget);
      looks.set(name, events);
      return events;
    },
  };
}

function inserter(
  database: SqliteDatabase,
  handOvers: Pick<HandOvers, 'add'>,
): (tenant: string, event: NewEvent) => void {
  const known = database.prepare('SELECT 1 FROM events WHERE tenant = ? AND run = ? AND key = ?');
  const last = database.prepare('SELECT MAX(seq) AS seq FROM events WHERE tenant = ? AND run = ?');
  const add = database.prepare('INSERT INTO events (tenant, run, seq, key, document) VALUES (?, ?, ?, ?, ?)');
  return (tenant, event) => {
    const key = event.key ?? null;
    if (key !== null && known.get(tenant, event.run, key)) return;
    const { seq } = last.get(tenant, event.run) as { seq: number | null };
    const next = (seq ?? 0) + 1;
    add.run(tenant, event.run, next, key, JSON.stringify(envelope(tenant, next, event)));
    handOvers.add({ tenant, run: event.run, seq: next, type: event.type });
  };
}
