/**
 * Sends what waits to be sent. A delivery is claimed before it is tried, so that two who look at the same time do not both
 * send it; one whose sender died is tried again when the claim has run out: at least once, never surely once.
 */
import { ForgeError, toForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import {
  type AttemptEnd,
  claimed,
  counted,
  type Delivery,
  settled,
  type Webhook,
} from '../../domain/webhook.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';
import type { Sending } from '../../ports/sending.ts';
import { signedHeaders, webhookSecret } from './sign-delivery.ts';

export type DeliveryPorts = Pick<Ports, 'webhooks' | 'registry' | 'tenants' | 'clock' | 'entropy'> & Sending;

/** Looked at in one go; one slow receiver holds up no more than these. */
const BATCH = 20;
const TRIES = 5;

/** One look at every tenant. Returns how many deliveries were tried. */
export async function deliverWebhooks(ports: DeliveryPorts): Promise<number> {
  let tried = 0;
  for (const tenant of await ports.tenants.list()) {
    const due = await ports.webhooks.due(tenant, ports.clock.now().toISOString(), BATCH);
    const ends = await Promise.all(due.map((delivery) => deliver(ports, delivery)));
    tried += ends.filter((end) => end !== null).length;
  }
  return tried;
}

/** Tries a delivery once. Null where somebody else has it. */
export async function deliver(ports: DeliveryPorts, waiting: Delivery): Promise<AttemptEnd | null> {
  const delivery = claimed(waiting, ports.clock.now());
  if (!(await written(ports, delivery, waiting.recordVersion))) return null;
  const webhook = await ports.webhooks.get(delivery.tenant, delivery.webhookId);
  const end = await attempt(ports, webhook, delivery);
  const chance = (ports.entropy.bytes(1)[0] ?? 0) / 255;
  await written(ports, settled(delivery, end, ports.clock.now(), chance), delivery.recordVersion);
  if (webhook && (webhook.active || delivery.run === null)) await count(ports, webhook, delivery, end.ok);
  return end;
}

/** False where the delivery is not any more what was seen. */
async function written(ports: DeliveryPorts, delivery: Delivery, expected: number): Promise<boolean> {
  try {
    await ports.registry.commit(delivery.tenant, [{ kind: 'delivery', delivery, expected }]);
    return true;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'stale_version') return false;
    throw error;
  }
}

async function attempt(
  { outbound, webhookKey, clock }: DeliveryPorts,
  webhook: Webhook | null,
  delivery: Delivery,
): Promise<AttemptEnd> {
  if (!webhook) return { ok: false, outcome: 'The webhook was deleted.', final: true };
  if (!webhook.active && delivery.run !== null)
    return { ok: false, outcome: 'The webhook is disabled.', final: true };
  try {
    const headers = signedHeaders(webhookSecret(await webhookKey.read(), webhook), delivery, clock.now());
    const status = await outbound.post({ url: webhook.url, headers, body: delivery.body });
    return {
      ok: status >= 200 && status < 300,
      outcome: `It answered ${status}.`,
      final: delivery.run === null,
    };
  } catch (error) {
    return { ok: false, outcome: toForgeError(error).message, final: delivery.run === null };
  }
}

/** What the attempt says about its webhook; when it disables it, the run whose event it was says so. */
async function count(ports: DeliveryPorts, seen: Webhook, { run }: Delivery, ok: boolean): Promise<void> {
  // A test says whether the receiver is well again; that it is not, is no failure of any run's message.
  if (run === null && !ok) return;
  for (let tries = 1; ; tries += 1) {
    const before = tries === 1 ? seen : await ports.webhooks.get(seen.tenant, seen.id);
    if (!before) return;
    const at = ports.clock.now().toISOString();
    const webhook = counted(before, ok, at);
    if (webhook === before) return;
    const change: Change = { kind: 'webhook', webhook, expected: before.recordVersion };
    const disabled = before.active && !webhook.active && run !== null;
    const events = disabled ? [disabledEvent(webhook, run, at)] : [];
    try {
      await ports.registry.commit(seen.tenant, [
        change,
        ...events.map((event) => ({ kind: 'event', event }) as const),
      ]);
      return;
    } catch (error) {
      const stale = error instanceof ForgeError && error.code === 'stale_version';
      if (!stale || tries === TRIES) throw error;
    }
  }
}

function disabledEvent({ id, failures, disabledAt }: Webhook, run: string, at: string): NewEvent {
  const key = `webhook-disabled/${id}/${disabledAt}`;
  const data = { webhook: id, failures };
  return { type: 'WebhookDisabled', run, phase: null, attempt: null, at, data, key };
}
