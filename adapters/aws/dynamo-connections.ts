/** Open connections in DynamoDB; all rows of one are deleted by their time to live when nobody has done so before. */
import type { Connection, Subscription } from '#core/domain/socket.ts';
import type { ConnectionReader } from '#core/ports/connection-reader.ts';
import type { ConnectionWriter } from '#core/ports/connection-writer.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import type { Condition, DynamoTable } from './dynamo-table.ts';
import { itemOf, type Key, keyOf, partitionOf } from './table-layout.ts';

const PAGE = 500;
/** More than a connection may follow, and its own row. */
const MOST_ROWS = 100;
const ABSENT: Condition = { text: 'attribute_not_exists(pk)' };

const versionIs = (expected: number): Condition => ({
  text: '#version = :expected',
  names: { '#version': 'version' },
  values: { ':expected': expected },
});

const secondsOf = (time: string) => Math.ceil(Date.parse(time) / 1000);

export function dynamoConnections(table: DynamoTable): ConnectionReader & ConnectionWriter {
  const rowsOf = (connection: string) =>
    table.query(partitionOf('connection', { connection }), { limit: MOST_ROWS });
  return {
    async connection(id, now) {
      const item = await table.get(keyOf('connection', { connection: id }));
      const found = item && (await documentOf<Connection>(table, item));
      return found && found.expiresAt > now ? found : null;
    },
    async followed(connection) {
      const rows = await rowsOf(connection);
      return rows.flatMap(({ kind, run }) => (kind === 'connectionRun' ? [String(run)] : []));
    },
    async subscription(tenant, run, connection) {
      const item = await table.get(keyOf('subscription', { tenant, run, connection }));
      return item && documentOf<Subscription>(table, item);
    },
    followers: (tenant, run) => pagesOf(table, partitionOf('subscription', { tenant, run })),
    open(connection) {
      const facts = { ttl: secondsOf(connection.expiresAt), document: JSON.stringify(connection) };
      return table.put(itemOf('connection', { connection: connection.id }, facts));
    },
    async close(id) {
      const rows = await rowsOf(id);
      const keys = rows.flatMap(({ kind, tenant, run }): Key[] =>
        kind === 'connectionRun'
          ? [keyOf('subscription', { tenant: String(tenant), run: String(run), connection: id })]
          : [],
      );
      // The rows that find the subscriptions go last: a close that is broken off can be done again.
      await table.deleteAll(keys);
      await table.deleteAll(rows);
    },
    save: (subscription, expected) => save(table, subscription, expected),
    drop: (tenant, run, connection) =>
      table.deleteAll([
        keyOf('subscription', { tenant, run, connection }),
        keyOf('connectionRun', { connection, run }),
      ]),
  };
}

async function* pagesOf(table: DynamoTable, pk: string): AsyncGenerator<readonly Subscription[]> {
  let above: string | undefined;
  for (;;) {
    const items = await table.query(pk, { limit: PAGE, ...(above === undefined ? {} : { above }) });
    yield await documentsOf<Subscription>(table, items);
    above = items.at(-1)?.sk;
    if (items.length < PAGE) return;
  }
}

async function save(
  table: DynamoTable,
  subscription: Subscription,
  expected: number | null,
): Promise<boolean> {
  const { tenant, run, connection, expiresAt, recordVersion: version } = subscription;
  const ttl = secondsOf(expiresAt);
  const facts = { version, ttl, document: JSON.stringify(subscription) };
  const put = itemOf('subscription', { tenant, run, connection }, facts);
  const row = itemOf('connectionRun', { connection, run }, { tenant, run, ttl });
  const refused = await table.transact([
    { put, condition: expected === null ? ABSENT : versionIs(expected) },
    ...(expected === null ? [{ put: row }] : []),
  ]);
  return refused === null;
}
