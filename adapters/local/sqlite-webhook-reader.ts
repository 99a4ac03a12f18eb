/** Reading webhooks and deliveries from SQLite. */
import type { Delivery, Webhook } from '#core/domain/webhook.ts';
import type { WebhookReader } from '#core/ports/webhook-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { pageOf } from './sqlite-readers.ts';

/** Sorts after every id. */
const AFTER_ALL_IDS = '~';

export function sqliteWebhookReader(database: SqliteDatabase): WebhookReader {
  const get = database.prepare('SELECT document FROM webhooks WHERE tenant = ? AND id = ?');
  const list = database.prepare('SELECT document FROM webhooks WHERE tenant = ? ORDER BY id DESC');
  const one = database.prepare('SELECT document FROM deliveries WHERE tenant = ? AND webhook = ? AND id = ?');
  const some = database.prepare(
    'SELECT document FROM deliveries WHERE tenant = ? AND webhook = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const due = database.prepare(
    'SELECT document FROM deliveries WHERE tenant = ? AND due <= ? ORDER BY due LIMIT ?',
  );
  return {
    get: async (tenant, id) => document<Webhook>(get.get(tenant, id)),
    list: async (tenant) => documents<Webhook>(list.all(tenant)),
    delivery: async (tenant, webhook, id) => document<Delivery>(one.get(tenant, webhook, id)),
    deliveries: async (tenant, webhook, { limit, after }) =>
      pageOf(documents<Delivery>(some.all(tenant, webhook, after ?? AFTER_ALL_IDS, limit + 1)), limit),
    due: async (tenant, now, limit) => documents<Delivery>(due.all(tenant, now, limit)),
  };
}
