/** What every registry promises about webhooks and the messages to them. */
import type { Delivery, Webhook } from '#core/domain/webhook.ts';
import { AT, idOf, OTHER, refusal, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export const webhookOf = (number: number, change: Partial<Webhook> = {}): Webhook => ({
  schemaVersion: 1,
  tenant: TENANT,
  id: idOf(number),
  url: 'https://hooks.example/in',
  events: ['RunFailed'],
  active: true,
  failures: 0,
  disabledAt: null,
  createdAt: AT,
  updatedAt: AT,
  recordVersion: 1,
  ...change,
});

export const deliveryOf = (number: number, change: Partial<Delivery> = {}): Delivery => ({
  schemaVersion: 1,
  tenant: TENANT,
  id: idOf(number),
  webhookId: idOf(1),
  type: 'RunFailed',
  run: idOf(9),
  body: '{}',
  status: 'pending',
  attempts: 0,
  nextAttemptAt: AT,
  outcome: null,
  createdAt: AT,
  updatedAt: AT,
  expiresAt: '2099-01-01T00:00:00.000Z',
  recordVersion: 1,
  ...change,
});

const SOON = AT.replace('.000Z', '.500Z');

export function webhookTests(ports: () => RegistryPorts, commit: Commit): void {
  it('keeps webhooks under the version that was seen, and lists the tenant that has one', async () => {
    await commit([{ kind: 'webhook', webhook: webhookOf(1), expected: null }]);
    await commit([{ kind: 'webhook', webhook: webhookOf(2), expected: null }]);
    const changed = webhookOf(1, { failures: 1, recordVersion: 2 });
    await commit([{ kind: 'webhook', webhook: changed, expected: 1 }]);
    const late = commit([{ kind: 'webhook', webhook: changed, expected: 1 }]);
    expect(await refusal(late)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().webhooks.get(TENANT, idOf(1))).toEqual(changed);
    expect((await ports().webhooks.list(TENANT)).map(({ id }) => id)).toEqual([idOf(2), idOf(1)]);
    expect(await ports().tenants.list()).toEqual([TENANT]);
    await commit([{ kind: 'delete-webhook', id: idOf(1), expected: 2 }]);
    expect(await ports().webhooks.get(TENANT, idOf(1))).toBeNull();
  });

  it('queues a delivery once: the same again is no error and changes nothing', async () => {
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(3) }]);
    const done = deliveryOf(3, { status: 'delivered', nextAttemptAt: null, recordVersion: 2 });
    await commit([{ kind: 'delivery', delivery: done, expected: 1 }]);
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(3) }]);
    expect(await ports().webhooks.delivery(TENANT, idOf(1), idOf(3))).toEqual(done);
    expect(await ports().webhooks.due(TENANT, SOON, 9)).toEqual([]);
  });

  dueTests(ports, commit);
}

function dueTests(ports: () => RegistryPorts, commit: Commit): void {
  it('gives what is due and nothing else, the longest waiting first', async () => {
    const at = (nextAttemptAt: string) => ({ nextAttemptAt });
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(3, at(SOON)) }]);
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(4) }]);
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(5, at('2098-01-01T00:00:00.000Z')) }]);
    const ids = async (now: string, limit = 9) =>
      (await ports().webhooks.due(TENANT, now, limit)).map(({ id }) => id);
    expect([await ids(SOON), await ids(AT), await ids(SOON, 1)]).toEqual([
      [idOf(4), idOf(3)],
      [idOf(4)],
      [idOf(4)],
    ]);
    const later = deliveryOf(4, { nextAttemptAt: '2098-01-01T00:00:00.000Z', recordVersion: 2 });
    await commit([{ kind: 'delivery', delivery: later, expected: 1 }]);
    expect(await ids(SOON)).toEqual([idOf(3)]);
  });

  it('lets one of several take a delivery', async () => {
    await commit([{ kind: 'queue-delivery', delivery: deliveryOf(3) }]);
    const takers = [1, 2, 3].map((attempts) =>
      commit([{ kind: 'delivery', delivery: deliveryOf(3, { attempts, recordVersion: 2 }), expected: 1 }]),
    );
    const outcomes = await Promise.allSettled(takers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('pages the deliveries of a webhook, newest first, and shows nothing to another tenant', async () => {
    await commit([{ kind: 'webhook', webhook: webhookOf(1), expected: null }]);
    for (const number of [3, 4, 5]) await commit([{ kind: 'queue-delivery', delivery: deliveryOf(number) }]);
    const { webhooks } = ports();
    const first = await webhooks.deliveries(TENANT, idOf(1), { limit: 2, after: null });
    const second = await webhooks.deliveries(TENANT, idOf(1), { limit: 2, after: first.next });
    const ids = [first, second].map(({ items }) => items.map(({ id }) => id));
    expect(ids).toEqual([[idOf(5), idOf(4)], [idOf(3)]]);
    expect(await webhooks.get(OTHER, idOf(1))).toBeNull();
    expect(await webhooks.list(OTHER)).toEqual([]);
    expect(await webhooks.delivery(OTHER, idOf(1), idOf(3))).toBeNull();
    expect(await webhooks.due(OTHER, SOON, 9)).toEqual([]);
    expect((await webhooks.deliveries(OTHER, idOf(1), { limit: 2, after: null })).items).toEqual([]);
  });
}
