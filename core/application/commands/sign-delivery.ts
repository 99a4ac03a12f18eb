/**
 * Signatures of webhooks, as the Standard Webhooks specification has them (standardwebhooks.com, version 1): HMAC-SHA256
 * over `id.timestamp.body`.
 *
 * A webhook's secret is derived from its id and one key, so that none is stored: the registry, its copies and its
 * readers never have it.
 */
import { createHmac } from 'node:crypto';
import type { Delivery, Webhook } from '../../domain/webhook.ts';

const PREFIX = 'whsec_';

/** `whsec_` and 32 bytes in base 64. */
export function webhookSecret(key: string, { tenant, id }: Pick<Webhook, 'tenant' | 'id'>): string {
  return PREFIX + createHmac('sha256', key).update(`webhook/${tenant}/${id}`).digest('base64');
}

/** Headers of one attempt. */
export function signedHeaders(
  secret: string,
  { id, body }: Pick<Delivery, 'id' | 'body'>,
  now: Date,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const bytes = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'agent-forge-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
