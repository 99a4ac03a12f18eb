/** Webhooks over ports in memory: what is queued, signed, repeated, given up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWebhook, deleteWebhook, testWebhook } from '#core/application/commands/change-webhooks.ts';
import { deliverWebhooks } from '#core/application/commands/deliver-webhooks.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { withDeliveries } from '#core/application/commands/queue-deliveries.ts';
import { recordEvents } from '#core/application/commands/record-events.ts';
import {
  type Delivery,
  MOST_ATTEMPTS,
  MOST_FAILURES,
  retryDelayMs,
  type Webhook,
} from '#core/domain/webhook.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';

const URL = 'https://hooks.example/in';
const DAY = 24 * 60 * 60 * 1000;
let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const create = (events: Webhook['events'] = ['RunFailed', 'RunCompleted']) =>
  createWebhook(ports, ADMIN, { url: URL, events });
const deliveries = () => [...ports.store.tables.deliveries.values()];
const only = (): Delivery => {
  const [delivery] = deliveries();
  if (!delivery) throw new Error('a delivery');
  return delivery;
};
const webhookNow = async (id: string) => (await ports.webhooks.get('default', id)) as Webhook;

/** A run that fails while webhooks are listened to. */
async function failedRun(): Promise<string> {
  const { id } = await startedRun(ports);
  await finishRun(withDeliveries(ports), ADMIN, { runId: id, outcome: 'FAILED', error: 'lost' });
  return id;
}

/** The function that docs/webhooks.md gives to receivers, as it stands there. */
function documentedCheck(): (secret: string, headers: object, body: string, now?: number) => boolean {
  const text = readFileSync(join(PROJECT, 'docs/webhooks.md'), 'utf8');
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
  const body = code.replace(/^import .*$/m, '').replace('export function', 'return function');
  return new Function('createHmac', 'timingSafeEqual', body)(
    ...['createHmac', 'timingSafeEqual'].map((name) => jest.requireActual('node:crypto')[name]),
  );
}

describe('an event that a webhook wants', () => {
  it('is queued with it and sent signed, so that the documented check takes it and nothing altered', async () => {
    const { secret } = await create();
    const run = await failedRun();
    expect(ports.outbound.sent).toEqual([]);
    expect(await deliverWebhooks(ports)).toBe(1);
    const [sent] = ports.outbound.sent;
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({ type: 'RunFailed', data: { run, phase: null } });
    const headers = sent?.headers ?? {};
    const now = Number(headers['webhook-timestamp']) * 1000;
    const check = documentedCheck();
    expect(check(secret, headers, sent?.body ?? '', now)).toBe(true);
    expect(check(secret, headers, `${sent?.body} `, now)).toBe(false);
    expect(check(secret, { ...headers, 'webhook-id': 'other' }, sent?.body ?? '', now)).toBe(false);
    expect(check(`whsec_${Buffer.alloc(32).toString('base64')}`, headers, sent?.body ?? '', now)).toBe(false);
    expect(check(secret, headers, sent?.body ?? '', now + 301_000)).toBe(false);
    expect(only()).toMatchObject({ status: 'delivered', attempts: 1, outcome: 'It answered 204.' });
    expect(await deliverWebhooks(ports)).toBe(0);
  });

  it('is one message however often it is announced, and none for a webhook that does not want it', async () => {
    await create(['CheckpointSaved']);
    await create(['RunCompleted']);
    const { id: runId } = await startedRun(ports);
    const text = JSON.stringify({
      type: 'CheckpointSaved',
      at: '2026-03-01T12:00:00.000Z',
      data: { step: 1 },
    });
    const lines = [{ offset: 0, text }];
    const batch = {
      runId,
      phase: 'cognate',
      stage: 'base',
      index: null,
      jobId: 'j',
      attempt: 1,
      lines,
    } as const;
    for (let time = 0; time < 3; time += 1) await recordEvents(withDeliveries(ports), ADMIN, batch);
    expect(deliveries().map(({ type }) => type)).toEqual(['CheckpointSaved']);
  });

  it('is not kept with the secret, which is nowhere in the store', async () => {
    const { secret } = await create();
    await failedRun();
    expect(JSON.stringify([...ports.store.tables.webhooks.values(), ...deliveries()])).not.toContain(
      secret.slice(6),
    );
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});

describe('a message that is not taken', () => {
  it('is sent again with the same id and body, later each time, until it is given up; the run does not notice', async () => {
    await create();
    const run = await failedRun();
    expect((await ports.runs.get('default', run))?.status).toBe('failed');
    ports.outbound.status = 500;
    let waited = 0;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      expect(await deliverWebhooks(ports)).toBe(1);
      const { status, nextAttemptAt, updatedAt } = only();
      expect(status).toBe(attempt < MOST_ATTEMPTS ? 'pending' : 'failed');
      if (nextAttemptAt === null) continue;
      const delay = Date.parse(nextAttemptAt) - Date.parse(updatedAt);
      expect(delay).toBeGreaterThanOrEqual(retryDelayMs(attempt, 0));
      expect(delay).toBeLessThanOrEqual(retryDelayMs(attempt, 1));
      expect(await deliverWebhooks(ports)).toBe(0);
      ports.advance(delay + 1);
      waited += delay;
    }
    expect(waited).toBeLessThan(DAY);
    expect(await deliverWebhooks(ports)).toBe(0);
    const ids = ports.outbound.sent.map(({ headers, body }) => `${headers['webhook-id']} ${body}`);
    expect([ids.length, new Set(ids).size]).toEqual([MOST_ATTEMPTS, 1]);
    expect(new Set(ports.outbound.sent.map(({ headers }) => headers['webhook-signature'])).size).toBe(
      MOST_ATTEMPTS,
    );
  });

  it('is tried again after a sender died with it, when its minute is over', async () => {
    await create();
    await failedRun();
    const dying = {
      ...ports,
      outbound: { ...ports.outbound, post: () => new Promise<number>(() => undefined) },
    };
    void deliverWebhooks(dying);
    for (let turn = 0; turn < 10; turn += 1) await new Promise((done) => setImmediate(done));
    expect(await deliverWebhooks(ports)).toBe(0);
    ports.advance(61_000);
    expect(await deliverWebhooks(ports)).toBe(1);
    expect(only()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('is sent by one of two who look at the same time', async () => {
    await create();
    await failedRun();
    const tried = await Promise.all([deliverWebhooks(ports), deliverWebhooks(ports)]);
    expect(tried.sort()).toEqual([0, 1]);
    expect(ports.outbound.sent).toHaveLength(1);
  });

  it('disables its webhook after too many failures in a row, with an event; a test that is taken wakes it', async () => {
    const { webhook } = await create(['RunFailed']);
    const before = { ...(await webhookNow(webhook.id)), failures: MOST_FAILURES - 1, recordVersion: 2 };
    await ports.registry.commit('default', [{ kind: 'webhook', webhook: before, expected: 1 }]);
    const run = await failedRun();
    ports.outbound.status = null;
    await deliverWebhooks(ports);
    expect(await webhookNow(webhook.id)).toMatchObject({ active: false, failures: MOST_FAILURES });
    const last = (await ports.events.read('default', run, 0, 100)).at(-1);
    expect(last).toMatchObject({ type: 'WebhookDisabled', data: { webhook: webhook.id } });
    ports.advance(DAY);
    await deliverWebhooks(ports);
    expect(only()).toMatchObject({ status: 'failed', outcome: 'The webhook is disabled.' });
    expect(await testWebhook(ports, ADMIN, webhook.id)).toMatchObject({ delivered: false });
    ports.outbound.status = 200;
    expect(await testWebhook(ports, ADMIN, webhook.id)).toMatchObject({ delivered: true });
    expect(await webhookNow(webhook.id)).toMatchObject({ active: true, failures: 0, disabledAt: null });
  });

  it('is not sent to a webhook that was deleted meanwhile', async () => {
    const { webhook } = await create();
    await failedRun();
    await deleteWebhook(ports, ADMIN, webhook.id);
    await deliverWebhooks(ports);
    expect(only()).toMatchObject({ status: 'failed', outcome: 'The webhook was deleted.' });
    expect(ports.outbound.sent).toEqual([]);
  });
});
