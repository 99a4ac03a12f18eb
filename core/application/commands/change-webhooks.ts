/** Creates, deletes and tests webhooks. */
import type { EventType } from '#contracts/source/event-types.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid, type Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { MAX_WEBHOOKS, newDelivery, TEST_TYPE, type Webhook } from '../../domain/webhook.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Sending } from '../../ports/sending.ts';
import { findWebhook } from '../queries/find-webhook.ts';
import { type DeliveryPorts, deliver } from './deliver-webhooks.ts';
import { webhookSecret } from './sign-delivery.ts';

type ChangePorts = Pick<Ports, 'webhooks' | 'registry' | 'clock' | 'entropy'> & Sending;

/** The secret is answered here and never again. */
export async function createWebhook(
  ports: ChangePorts,
  principal: Principal,
  { url, events }: { readonly url: string; readonly events: readonly EventType[] },
): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  requireRole(principal, 'maintainer');
  const { tenant } = principal;
  if ((await ports.webhooks.list(tenant)).length >= MAX_WEBHOOKS) {
    throw new ForgeError('limit', `There are ${MAX_WEBHOOKS} webhooks already.`, {
      code: 'too_many_webhooks',
      hint: 'Delete one that is not needed any more.',
    });
  }
  await ports.outbound.requireAllowed(url);
  const now = ports.clock.now();
  const at = now.toISOString();
  const webhook: Webhook = {
    schemaVersion: 1,
    tenant,
    id: makeUlid(now, ports.entropy.bytes(10)),
    url,
    events: [...new Set(events)],
    active: true,
    failures: 0,
    disabledAt: null,
    createdAt: at,
    updatedAt: at,
    recordVersion: 1,
  };
  await ports.registry.commit(tenant, [{ kind: 'webhook', webhook, expected: null }]);
  return { webhook, secret: webhookSecret(await ports.webhookKey.read(), webhook) };
}

/** What still waits to be sent to it is not sent any more. */
export async function deleteWebhook(ports: ChangePorts, principal: Principal, id: Ulid): Promise<void> {
  requireRole(principal, 'maintainer');
  const { recordVersion: expected } = await findWebhook(ports, principal, id);
  await ports.registry.commit(principal.tenant, [{ kind: 'delete-webhook', id, expected }]);
}

/** Sends a message of no run at once, and once. A disabled webhook that takes it is active again. */
export async function testWebhook(
  ports: DeliveryPorts,
  principal: Principal,
  id: Ulid,
): Promise<{ readonly delivery: Ulid; readonly delivered: boolean; readonly outcome: string }> {
  requireRole(principal, 'maintainer');
  const webhook = await findWebhook(ports, principal, id);
  const now = ports.clock.now();
  const timestamp = now.toISOString();
  const body = JSON.stringify({ type: TEST_TYPE, timestamp, data: { webhook: webhook.id } });
  const facts = { tenant: webhook.tenant, webhookId: webhook.id, type: TEST_TYPE, run: null, body };
  const delivery = newDelivery({ ...facts, id: makeUlid(now, ports.entropy.bytes(10)) }, now);
  await ports.registry.commit(webhook.tenant, [{ kind: 'queue-delivery', delivery }]);
  const end = await deliver(ports, delivery);
  const outcome = end?.outcome ?? 'It is being sent.';
  return { delivery: delivery.id, delivered: end?.ok ?? false, outcome };
}
