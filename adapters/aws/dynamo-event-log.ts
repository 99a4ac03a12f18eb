/** The event log in DynamoDB: numbers per run without gaps, repeated keys dropped, waiting readers woken. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { NewEvent } from '#core/domain/event.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import { documentsOf } from './dynamo-documents.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type DecidedStep, type DynamoTransactions, MOST_STEPS } from './dynamo-transactions.ts';
import { itemOf, type Key, keyOf, numberText, partitionOf } from './table-layout.ts';

/** An event and its key: two steps. */
const EVENTS_AT_ONCE = MOST_STEPS / 2;
/** Between two looks for news: soon at first, then less often. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 2000;

export interface DynamoEventLog extends EventReader, EventWriter {
  /** Steps that append the events after the last one as it is now; to be asked for anew when another writer was faster. */
  place(tenant: string, events: readonly NewEvent[]): Promise<readonly DecidedStep[]>;
  /** Wakes who waits for these runs in this process. */
  announce(tenant: string, runs: readonly string[]): void;
}

/** Events as they are read: the key was for writing only. */
function envelope(tenant: string, seq: number, { key: _key, ...event }: NewEvent): ForgeEvent {
  const { type, run, phase, attempt, at, data } = event;
  return { seq, type, tenant, run, phase, attempt, at, data };
}

function eventKeyOf(tenant: string, { run, key = '' }: NewEvent): Key {
  return keyOf('eventKey', { tenant, run, hash: createHash('sha256').update(key).digest('hex') });
}

export function dynamoEventLog(table: DynamoTable, transactions: DynamoTransactions): DynamoEventLog {
  const waiting = waiters();
  const lastOf = async (tenant: string, run: string): Promise<number> => {
    const pk = partitionOf('event', { tenant, run });
    const [last] = await table.query(pk, { order: 'falling', limit: 1 });
    return Number(last?.sk ?? 0);
  };
  const place: DynamoEventLog['place'] = (tenant, events) => placed(table, lastOf, tenant, events);
  const announce: DynamoEventLog['announce'] = (tenant, runs) => {
    for (const run of new Set(runs)) waiting.wake(`${tenant}/${run}`);
  };
  return {
    place,
    announce,
    async append(tenant, events) {
      for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) {
        const some = events.slice(from, from + EVENTS_AT_ONCE);
        const runs = some.map(({ run }) => run);
        await transactions.decide(
          () => place(tenant, some),
          runs.map((run) => `${tenant}/${run}`),
        );
        announce(tenant, runs);
      }
    },
    async read(tenant, run, after, limit) {
      const above = numberText(after);
      const items = await table.query(partitionOf('event', { tenant, run }), { above, limit });
      return documentsOf<ForgeEvent>(table, items);
    },
    waitForNews: (tenant, run, timeoutMs) =>
      waiting.wait(`${tenant}/${run}`, timeoutMs, () => lastOf(tenant, run)),
  };
}

async function placed(
  table: DynamoTable,
  lastOf: (tenant: string, run: string) => Promise<number>,
  tenant: string,
  events: readonly NewEvent[],
): Promise<readonly DecidedStep[]> {
  const keys = events.filter(({ key }) => key !== undefined).map((event) => eventKeyOf(tenant, event));
  const nameOf = ({ pk, sk }: Key) => `${pk}/${sk}`;
  const known = new Set((await table.getAll(keys)).map(nameOf));
  const last = new Map<string, number>();
  const steps: DecidedStep[] = [];
  const absent = { text: 'attribute_not_exists(pk)' };
  for (const event of events) {
    const { run, key } = event;
    if (key !== undefined) {
      const { pk, sk } = eventKeyOf(tenant, event);
      if (known.has(nameOf({ pk, sk }))) continue;
      known.add(nameOf({ pk, sk }));
      steps.push({ put: itemOf('eventKey', { tenant, run, hash: sk }), condition: absent, refusal: 'again' });
    }
    const seq = (last.get(run) ?? (await lastOf(tenant, run))) + 1;
    last.set(run, seq);
    const document = JSON.stringify(envelope(tenant, seq, event));
    steps.push({
      put: itemOf('event', { tenant, run, seq }, { document }),
      condition: absent,
      refusal: 'again',
    });
  }
  return steps;
}

/** Who waits for which run. Events of other processes are seen by looking, those of this one at once. */
function waiters() {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wake(name: string): void {
      for (const wake of waiting.get(name) ?? []) wake();
    },
    async wait(name: string, timeoutMs: number, look: () => Promise<number>): Promise<void> {
      const ended = new AbortController();
      const wake = () => ended.abort();
      const others = waiting.get(name) ?? new Set();
      waiting.set(name, others.add(wake));
      const timer = setTimeout(wake, timeoutMs).unref();
      try {
        await untilChanged(look, ended.signal);
      } finally {
        clearTimeout(timer);
        others.delete(wake);
        if (others.size === 0) waiting.delete(name);
      }
    },
  };
}

/** Looks again and again, less and less often, until the answer differs from the first one or somebody says stop. */
async function untilChanged(look: () => Promise<number>, stop: AbortSignal): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  let pause = FIRST_LOOK_MS;
  const looks = async (): Promise<void> => {
    const before = await look();
    while (!stop.aborted) {
      await sleep(pause, undefined, { signal: stop, ref: false }).catch(() => undefined);
      if (stop.aborted || (await look()) !== before) return;
      pause = Math.min(LONGEST_LOOK_MS, pause * 1.5);
    }
  };
  await Promise.race([looks(), stopped]);
}
