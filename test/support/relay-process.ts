/** A process that dies on its own hand while it relays events: node --import tsx relay-process.ts FOLDER MOMENT */
import { join } from 'node:path';
import { fileNotifier } from '#adapters/local/file-notifier.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { sqliteEventLog } from '#adapters/local/sqlite-event-log.ts';
import { sqliteHandOvers } from '#adapters/local/sqlite-hand-overs.ts';
import manifest from '#contracts/subscriptions.json' with { type: 'json' };
import { relayOnce } from '#local/event-relay.ts';
import { subscriberTable } from '#local/function-table.ts';

const RUN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const [, , folder = '', moment = ''] = process.argv;
const die = () => process.kill(process.pid, 'SIGKILL');

const database = openDatabase(join(folder, 'cloud.db'));
const handOvers = sqliteHandOvers(database, manifest.subscriptions);
const { notify } = subscriberTable({ notifier: fileNotifier(join(folder, 'notifications.ndjson')) });
const event = { type: 'RunCompleted', run: RUN, phase: null, attempt: null, data: {} } as const;

async function main(): Promise<void> {
  if (moment !== 'next start')
    await sqliteEventLog(database, handOvers).append('default', [
      { ...event, at: '2026-03-01T12:00:00.000Z' },
    ]);
  if (moment === 'after the commit') die();
  const calls = async (sent: unknown) => {
    await notify(sent);
    if (moment === 'after the hand-over') die();
  };
  const onFault = (what: string) => process.stdout.write(what);
  await relayOnce({ handOvers, now: () => new Date(), onFault }, 'notify', calls);
}

void main();
