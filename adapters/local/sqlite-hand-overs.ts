/**
 * What subscribers are still to be told: a row per event and subscriber, written in the transaction of the event. A row
 * goes when its subscriber has taken the event, so that whoever dies in between leaves it to the next start.
 */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** As in contracts/subscriptions.json. */
export interface Subscription {
  readonly function: string;
  readonly types: readonly string[];
}

export interface HandOver {
  readonly position: number;
  readonly subscriber: string;
  readonly event: ForgeEvent;
  /** How often the subscriber has refused it. */
  readonly refused: number;
}

export interface DeadLetter {
  readonly subscriber: string;
  readonly tenant: string;
  readonly run: string;
  readonly seq: number;
  readonly at: string;
  readonly attempts: number;
  readonly reason: string;
}

export interface HandOvers {
  /** Inside the caller's transaction. */
  add(event: Pick<ForgeEvent, 'tenant' | 'run' | 'seq' | 'type'>): void;
  /** The first event of each run that waits for the subscriber, where its time has come; times in milliseconds. */
  due(subscriber: string, now: number): readonly HandOver[];
  taken(handOver: HandOver): void;
  again(handOver: HandOver, at: number): void;
  /** Gives an event up for one subscriber; its row of the log stays. */
  bury(handOver: HandOver, letter: Pick<DeadLetter, 'at' | 'attempts' | 'reason'>): void;
  deadLetters(): readonly DeadLetter[];
}

/** An event waits behind those of its run that the same subscriber has not taken: a subscriber sees a run in order. */
const DUE = `
SELECT position, subscriber, refused, document FROM hand_overs AS own
JOIN events ON events.tenant = own.tenant AND events.run = own.run AND events.seq = own.seq
WHERE subscriber = ? AND due <= ? AND NOT EXISTS (
  SELECT 1 FROM hand_overs AS earlier WHERE earlier.subscriber = own.subscriber AND earlier.tenant = own.tenant
  AND earlier.run = own.run AND earlier.position < own.position)
ORDER BY position LIMIT 100`;

export function sqliteHandOvers(database: SqliteDatabase, subscriptions: readonly Subscription[]): HandOvers {
  const insert = database.prepare(
    'INSERT INTO hand_overs (subscriber, tenant, run, seq, refused, due) VALUES (?, ?, ?, ?, 0, 0)',
  );
  const due = database.prepare(DUE);
  const remove = database.prepare('DELETE FROM hand_overs WHERE position = ?');
  const postpone = database.prepare(
    'UPDATE hand_overs SET refused = refused + 1, due = ? WHERE position = ?',
  );
  const write = database.prepare(
    'INSERT INTO dead_letters (subscriber, tenant, run, seq, at, attempts, reason) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const letters = database.prepare('SELECT * FROM dead_letters ORDER BY at, subscriber, tenant, run, seq');
  const bury = database.transaction((handOver: HandOver, letter: Parameters<HandOvers['bury']>[1]) => {
    const { subscriber, position, event } = handOver;
    const { at, attempts, reason } = letter;
    write.run(subscriber, event.tenant, event.run, event.seq, at, attempts, reason);
    remove.run(position);
  });
  return {
    add({ tenant, run, seq, type }) {
      const wanting = subscriptions.filter(({ types }) => types.includes(type));
      for (const subscriber of new Set(wanting.map((each) => each.function)))
        insert.run(subscriber, tenant, run, seq);
    },
    due: (subscriber, now) =>
      (due.all(subscriber, now) as (Omit<HandOver, 'event'> & { document: string })[]).map(
        ({ document, ...row }) => ({ ...row, event: JSON.parse(document) as ForgeEvent }),
      ),
    taken: ({ position }) => void remove.run(position),
    again: ({ position }, at) => void postpone.run(at, position),
    bury: (handOver, letter) => bury.immediate(handOver, letter),
    deadLetters: () => letters.all() as DeadLetter[],
  };
}
