/** /v1/webhooks: who may, what is refused, and that a secret is shown once. */
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

const URL = 'https://hooks.example/in?token=x';
let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});
const create = (body: object = { url: URL }, as = 'maintainer') =>
  world.send('POST', '/v1/webhooks', { body, as });

it('POST creates, and shows the secret in this answer only', async () => {
  const made = await create();
  expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/webhooks/${made.body.webhook.id}`]);
  expect(made.body.webhook).toMatchObject({
    url: URL,
    events: ['RunCompleted', 'RunFailed', 'RunCancelled'],
    active: true,
  });
  const one = await world.send('GET', `/v1/webhooks/${made.body.webhook.id}`);
  const all = await world.send('GET', '/v1/webhooks');
  expect([one.body, all.body.items]).toEqual([made.body.webhook, [made.body.webhook]]);
  for (const { text } of [one, all]) expect(text).not.toContain(made.body.secret);
});

it('POST …/test sends at once and says what came of it; GET …/deliveries lists it', async () => {
  const { id } = (await create()).body.webhook;
  const tested = await world.send('POST', `/v1/webhooks/${id}/test`);
  expect(tested.body).toMatchObject({ delivered: true, outcome: 'It answered 204.' });
  world.ports.outbound.status = 302;
  expect((await world.send('POST', `/v1/webhooks/${id}/test`)).body).toMatchObject({ delivered: false });
  const list = await world.send('GET', `/v1/webhooks/${id}/deliveries?limit=1`);
  expect(list.body).toMatchObject({ items: [{ type: 'WebhookTest', status: 'failed', run: null }] });
  expect(list.body.next).not.toBeNull();
  const sent = world.ports.outbound.sent[0];
  expect([sent?.url, JSON.parse(sent?.body ?? '').type]).toEqual([URL, 'WebhookTest']);
});

it('DELETE removes it', async () => {
  const { id } = (await create()).body.webhook;
  expect((await world.send('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
  expect((await world.send('GET', `/v1/webhooks/${id}`)).status).toBe(404);
});

it.each<[string, object, string]>([
  ['an unknown event', { url: URL, events: ['RunEnded'] }, 'invalid_value'],
  ['figures of progress', { url: URL, events: ['training_metrics'] }, 'invalid_value'],
  ['no events', { url: URL, events: [] }, 'out_of_range'],
  ['an unknown field', { url: URL, secret: 'mine' }, 'unknown_field'],
  ['no address', {}, 'required'],
])('refuses %s and writes nothing', async (_, body, code) => {
  const before = world.stored();
  const answer = await create(body);
  expect([answer.status, answer.body.errors[0].code]).toEqual([422, code]);
  expect(world.stored()).toBe(before);
});

it.each([
  'http://169.254.169.254/latest',
  'https://169.254.169.254/latest',
  'https://[::1]/',
  'https://0x7f000001/',
  'http://127.0.0.1:4505/v1/runs',
  'https://localhost/v1/runs',
  'https://93.184.215.14:22/',
  'file:///etc/passwd',
  'gopher://93.184.215.14/',
])('row 49: answers 422 url_not_allowed to %s, without repeating it', async (url) => {
  const guarded = apiWorld({}, { outbound: guardedSender() });
  const before = guarded.stored();
  const answer = await guarded.send('POST', '/v1/webhooks', { body: { url } });
  expect([answer.status, answer.body.code]).toEqual([422, 'url_not_allowed']);
  expect(answer.text).not.toContain(url.split('/')[2] || 'passwd');
  expect(guarded.stored()).toBe(before);
});

it('is for maintainers, and shows nothing of another tenant', async () => {
  const { id } = (await create()).body.webhook;
  const before = world.stored();
  const calls: [string, string, object?][] = [
    ['POST', '/v1/webhooks', { url: URL }],
    ['GET', '/v1/webhooks'],
    ['GET', `/v1/webhooks/${id}`],
    ['GET', `/v1/webhooks/${id}/deliveries`],
    ['POST', `/v1/webhooks/${id}/test`],
    ['DELETE', `/v1/webhooks/${id}`],
  ];
  for (const [method, path, body] of calls) {
    const answer = await world.send(method, path, { as: 'runner', ...(body ? { body } : {}) });
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'role_required']);
    if (!path.includes(id)) continue;
    expect((await world.send(method, path, { as: 'stranger' })).status).toBe(404);
  }
  expect((await world.send('GET', '/v1/webhooks', { as: 'stranger' })).body).toEqual({ items: [] });
  expect(world.stored()).toBe(before);
});

it('refuses the 51st', async () => {
  for (let count = 0; count < 50; count += 1) await create();
  const answer = await create();
  expect([answer.status, answer.body.code]).toEqual([429, 'too_many_webhooks']);
});
