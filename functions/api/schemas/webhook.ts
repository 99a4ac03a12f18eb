/** Webhooks as the API shows them: never with their secret, but once. */
import * as z from 'zod';
import { timestamp, ulid } from '#contracts/source/scalars.ts';
import { DEFAULT_EVENTS, WEBHOOK_EVENTS } from '#core/domain/webhook.ts';

const eventType = z.enum(WEBHOOK_EVENTS as [string, ...string[]]);

export const webhookBody = z
  .strictObject({
    url: z.string().min(1).max(2048).describe('https:// address of a public host.'),
    events: z
      .array(eventType)
      .min(1)
      .max(WEBHOOK_EVENTS.length)
      .default([...DEFAULT_EVENTS])
      .describe('Types of events that are sent.'),
  })
  .meta({ id: 'WebhookToCreate' });

export const webhook = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    id: ulid,
    url: z.string(),
    events: z.array(z.string()),
    active: z.boolean().describe('False once too many attempts in a row have failed.'),
    failures: z.int().describe('Failed attempts since the last one that went well.'),
    disabledAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
    recordVersion: z.int(),
  })
  .meta({ id: 'Webhook' });

export const createdWebhook = z
  .object({
    webhook,
    secret: z.string().describe('`whsec_` and base 64: what signatures are checked with. Shown this once.'),
  })
  .meta({ id: 'CreatedWebhook' });

export const delivery = z
  .object({
    id: ulid.describe('The header `webhook-id` of every attempt.'),
    type: z.string(),
    run: ulid.nullable().describe('Null for a test.'),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    nextAttemptAt: timestamp.nullable(),
    outcome: z.string().nullable().describe('What came of the last attempt.'),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'WebhookDelivery' });

export const testedWebhook = z
  .object({ delivery: ulid, delivered: z.boolean(), outcome: z.string() })
  .meta({ id: 'TestedWebhook' });
