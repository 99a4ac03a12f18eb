/** Reading webhooks and deliveries from DynamoDB. */
import type { Delivery, Webhook } from '#core/domain/webhook.ts';
import type { WebhookReader } from '#core/ports/webhook-reader.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import { pageOfPartition } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type Item, keyOf, partitionOf } from './table-layout.ts';

/** More than a tenant may have. */
const MOST = 100;
/** Sorts after every row of the same moment. */
const END_OF_MOMENT = '0';

export function dynamoWebhookReader(table: DynamoTable): WebhookReader {
  return {
    async get(tenant, webhook) {
      const item = await table.get(keyOf('webhook', { tenant, webhook }));
      return item && documentOf<Webhook>(table, item);
    },
    async list(tenant) {
      const pk = partitionOf('webhook', { tenant });
      return documentsOf<Webhook>(table, await table.query(pk, { order: 'falling', limit: MOST }));
    },
    async delivery(tenant, webhook, delivery) {
      const item = await table.get(keyOf('delivery', { tenant, webhook, delivery }));
      return item && documentOf<Delivery>(table, item);
    },
    deliveries(tenant, webhook, page) {
      const recordsOf = (items: readonly Item[]) => documentsOf<Delivery>(table, items);
      return pageOfPartition(table, { pk: partitionOf('delivery', { tenant, webhook }), recordsOf }, page);
    },
    async due(tenant, now, limit) {
      const rows = await table.query(partitionOf('deliveryDue', { tenant }), {
        limit,
        // The rows of this very moment are `now/…`; `0` follows `/`.
        below: `${now}${END_OF_MOMENT}`,
      });
      const keys = rows.map(({ sk, webhook }) =>
        keyOf('delivery', { tenant, webhook: String(webhook), delivery: sk.slice(sk.indexOf('/') + 1) }),
      );
      return documentsOf<Delivery>(table, await table.getAll(keys));
    },
  };
}
