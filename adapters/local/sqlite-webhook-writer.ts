/** Conditional writes of webhooks and deliveries to SQLite. */
import type { Change } from '#core/ports/registry-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { stale } from './sqlite-stale.ts';

type Kind = 'webhook' | 'delete-webhook' | 'delivery' | 'queue-delivery';
type Handlers = { [K in Kind]: (tenant: string, change: Extract<Change, { kind: K }>) => void };

export function webhookHandlers(database: SqliteDatabase): Handlers {
  const insert = database.prepare(
    'INSERT INTO webhooks (tenant, id, record_version, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE webhooks SET record_version = ?, document = ? WHERE tenant = ? AND id = ? AND record_version = ?',
  );
  const remove = database.prepare('DELETE FROM webhooks WHERE tenant = ? AND id = ? AND record_version = ?');
  return {
    webhook(tenant, { webhook, expected }) {
      const { id, recordVersion } = webhook;
      const text = JSON.stringify(webhook);
      const { changes } =
        expected === null
          ? insert.run(tenant, id, recordVersion, text)
          : update.run(recordVersion, text, tenant, id, expected);
      if (changes !== 1) throw stale(`Webhook ${id}`, expected);
    },
    'delete-webhook'(tenant, { id, expected }) {
      if (remove.run(tenant, id, expected).changes !== 1) throw stale(`Webhook ${id}`, expected);
    },
    ...deliveryHandlers(database),
  };
}

function deliveryHandlers(database: SqliteDatabase): Pick<Handlers, 'delivery' | 'queue-delivery'> {
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant, webhook, id, due, expires_at, record_version, document)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE deliveries SET due = ?, record_version = ?, document = ?
     WHERE tenant = ? AND webhook = ? AND id = ? AND record_version = ?`,
  );
  const expire = database.prepare('DELETE FROM deliveries WHERE tenant = ? AND expires_at <= ?');
  return {
    delivery(tenant, { delivery, expected }) {
      const { id, webhookId, nextAttemptAt, recordVersion } = delivery;
      const text = JSON.stringify(delivery);
      const { changes } = update.run(nextAttemptAt, recordVersion, text, tenant, webhookId, id, expected);
      if (changes !== 1) throw stale(`Delivery ${id}`, expected);
    },
    'queue-delivery'(tenant, { delivery }) {
      const { id, webhookId, nextAttemptAt, expiresAt, recordVersion, createdAt } = delivery;
      expire.run(tenant, createdAt);
      const text = JSON.stringify(delivery);
      insert.run(tenant, webhookId, id, nextAttemptAt, expiresAt, recordVersion, text);
    },
  };
}
