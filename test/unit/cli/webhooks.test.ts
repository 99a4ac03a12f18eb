/** `forge webhooks`: what is sent, what a person is told. */
import { answering, cleanUp, forge, serveHttp } from './cli-harness.ts';

afterEach(cleanUp);

const WEBHOOK = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  url: 'https://hooks.example/in',
  events: ['RunFailed'],
  active: false,
  failures: 25,
};
const ONE = `/v1/webhooks/${WEBHOOK.id}`;

it('create sends the events that were named and shows the secret', async () => {
  let asked = '';
  const endpoint = await serveHttp(async (request, response) => {
    for await (const chunk of request) asked += chunk;
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ webhook: WEBHOOK, secret: 'whsec_abc' }));
  });
  const words = ['webhooks', 'create', WEBHOOK.url, '--event', 'RunFailed', '--endpoint', endpoint];
  const { exitCode, stdout, stderr } = await forge(words);
  expect([exitCode, JSON.parse(asked)]).toEqual([0, { url: WEBHOOK.url, events: ['RunFailed'] }]);
  expect(stdout).toMatch(/secret +whsec_abc/);
  expect(stderr).toContain('not shown again');
});

it('list says which are disabled, deliveries what came of each', async () => {
  const delivery = {
    id: WEBHOOK.id,
    type: 'RunFailed',
    run: null,
    status: 'pending',
    attempts: 2,
    nextAttemptAt: '2026-03-01T12:00:00.000Z',
    outcome: 'It answered 500.',
  };
  const table = {
    'GET /v1/webhooks': { items: [WEBHOOK] },
    [`GET ${ONE}/deliveries`]: { items: [delivery], next: null },
  };
  const endpoint = await serveHttp(answering(table));
  const list = await forge(['webhooks', 'list', '--endpoint', endpoint]);
  expect(list.stdout).toMatch(/disabled +25 +RunFailed +https:\/\/hooks\.example/);
  const latest = await forge(['webhooks', 'deliveries', WEBHOOK.id, '--endpoint', endpoint]);
  expect(latest.stdout).toMatch(/RunFailed +- +pending +2 +2026-03-01 12:00:00 +It answered 500\./);
});

it('test exits with 1 where the message was not taken', async () => {
  const tested = { delivery: WEBHOOK.id, delivered: false, outcome: 'It answered 500.' };
  const endpoint = await serveHttp(answering({ [`POST ${ONE}/test`]: tested }));
  const { exitCode, stdout } = await forge(['webhooks', 'test', WEBHOOK.id, '--endpoint', endpoint]);
  expect([exitCode, stdout.trim()]).toEqual([1, 'not delivered: It answered 500.']);
});

it('delete asks first', async () => {
  const endpoint = await serveHttp(answering({}));
  const { exitCode, stderr } = await forge(['webhooks', 'delete', WEBHOOK.id, '--endpoint', endpoint]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--yes')]);
});
