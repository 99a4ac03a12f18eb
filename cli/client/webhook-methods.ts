/** Webhooks: create, list, delete, test. */
import type { Connection } from './connection.ts';
import type { WebhookToCreate } from './records.ts';
import { call, callForNothing } from './typed-call.ts';

export function webhookMethods(connection: Connection) {
  return {
    createWebhook: (body: WebhookToCreate) => call(connection, 'post', '/v1/webhooks', { body }),
    listWebhooks: () => call(connection, 'get', '/v1/webhooks', {}),
    listDeliveries: (id: string) => call(connection, 'get', '/v1/webhooks/{id}/deliveries', { path: { id } }),
    testWebhook: (id: string) => call(connection, 'post', '/v1/webhooks/{id}/test', { path: { id } }),
    deleteWebhook: (id: string) =>
      callForNothing(connection, 'delete', '/v1/webhooks/{id}', { path: { id } }),
  };
}
