/**
 * Puts a delivery for every webhook that wants an event beside the event itself: in the same transaction where a use case
 * commits it, before it where a job's output is taken in. Nothing is sent here, so no receiver can hold up a run.
 */
import { createHash } from 'node:crypto';
import type { NewEvent } from '../../domain/event.ts';
import { makeUlid } from '../../domain/ids.ts';
import { newDelivery, WEBHOOK_EVENTS, type Webhook } from '../../domain/webhook.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';

type QueuePorts = Pick<Ports, 'webhooks' | 'registry' | 'eventLog' | 'clock'>;

/** The same ports, with deliveries beside the events that are written through them. */
export function withDeliveries<Given extends QueuePorts>(ports: Given): Given {
  const queued = (tenant: string, events: readonly NewEvent[]) => deliveriesOf(ports, tenant, events);
  return {
    ...ports,
    registry: {
      async commit(tenant, changes) {
        const events = changes.flatMap((change) => (change.kind === 'event' ? [change.event] : []));
        await ports.registry.commit(tenant, [...changes, ...(await queued(tenant, events))]);
      },
    },
    eventLog: {
      async append(tenant, events) {
        const deliveries = await queued(tenant, events);
        if (deliveries.length > 0) await ports.registry.commit(tenant, deliveries);
        await ports.eventLog.append(tenant, events);
      },
    },
  };
}

async function deliveriesOf(
  { webhooks, clock }: Pick<QueuePorts, 'webhooks' | 'clock'>,
  tenant: string,
  events: readonly NewEvent[],
): Promise<readonly Change[]> {
  const telling = events.filter(({ type }) => WEBHOOK_EVENTS.includes(type));
  if (telling.length === 0) return [];
  const active = (await webhooks.list(tenant)).filter((webhook) => webhook.active);
  return telling.flatMap((event) =>
    active
      .filter((webhook) => webhook.events.includes(event.type))
      .map(
        (webhook): Change => ({ kind: 'queue-delivery', delivery: deliveryOf(webhook, event, clock.now()) }),
      ),
  );
}

/** An event that is announced twice gives the same id twice: by that a receiver knows it. */
function deliveryOf(webhook: Webhook, event: NewEvent, now: Date) {
  const { type, run, phase, attempt, at, data, key } = event;
  const identity = JSON.stringify([webhook.tenant, webhook.id, run, type, key ?? [phase, attempt, at, data]]);
  const id = makeUlid(new Date(at), createHash('sha256').update(identity).digest());
  const body = JSON.stringify({ type, timestamp: at, data: { run, phase, attempt, ...data } });
  return newDelivery({ tenant: webhook.tenant, id, webhookId: webhook.id, type, run, body }, now);
}
