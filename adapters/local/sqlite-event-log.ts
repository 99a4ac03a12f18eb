/** The event log in SQLite: numbers per run without gaps, repeated keys dropped, waiting readers woken. */
import { EventEmitter, once } from 'node:events';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { NewEvent } from '#core/domain/event.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import { documents, type SqliteDatabase } from './sqlite-database.ts';

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

export function sqliteEventLog(database: SqliteDatabase): SqliteEventLog {
  const news = new EventEmitter().setMaxListeners(0);
  const insert = inserter(database);
  const appendAll = database.transaction((tenant: string, events: readonly NewEvent[]) => {
    for (const event of events) insert(tenant, event);
  });
  const read = database.prepare(
    'SELECT document FROM events WHERE tenant = ? AND run = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const announce = (tenant: string, runs: readonly string[]) => {
    for (const run of new Set(runs)) news.emit(`${tenant}/${run}`);
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
    async read(tenant, run, after, limit) {
      return documents<ForgeEvent>(read.all(tenant, run, after, limit));
    },
    async waitForNews(tenant, run, timeoutMs) {
      const signal = AbortSignal.timeout(timeoutMs);
      await once(news, `${tenant}/${run}`, { signal }).catch(() => undefined);
    },
  };
}

function inserter(database: SqliteDatabase): (tenant: string, event: NewEvent) => void {
  const known = database.prepare('SELECT 1 FROM events WHERE tenant = ? AND run = ? AND key = ?');
  const last = database.prepare('SELECT MAX(seq) AS seq FROM events WHERE tenant = ? AND run = ?');
  const add = database.prepare('INSERT INTO events (tenant, run, seq, key, document) VALUES (?, ?, ?, ?, ?)');
  return (tenant, event) => {
    const key = event.key ?? null;
    if (key !== null && known.get(tenant, event.run, key)) return;
    const { seq } = last.get(tenant, event.run) as { seq: number | null };
    const next = (seq ?? 0) + 1;
    add.run(tenant, event.run, next, key, JSON.stringify(envelope(tenant, next, event)));
  };
}
