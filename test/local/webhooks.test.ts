/** Webhooks of the real server to a real receiver, over a kill in between. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(180_000);

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Seen {
  readonly id: string;
  readonly status: string;
  readonly outcome: string | null;
}

let server: ServerProcess;
let receiver: Server;
let status: number;
const messages: Message[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    messages.push({ headers: request.headers, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => {
    receiver.listen(0, '127.0.0.1', done);
  });
  server = new ServerProcess({ ...FAKE_JOBS, FORGE_WEBHOOKS_LOOPBACK: '1' });
  await server.start();
});
afterAll(async () => {
  await server.end();
  receiver.closeAllConnections();
  receiver.close();
  removeBundle();
  removeFixtures();
});

it('tells of the end of a run, signed, and again after the server was killed, with the same id', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  const own = await server.api<{ code: string }>('POST', '/v1/webhooks', { url: `${server.url}/v1/runs` });
  expect([own.status, own.body.code]).toEqual([422, 'url_not_allowed']);
  const made = await server.api<{ webhook: { id: string }; secret: string }>('POST', '/v1/webhooks', { url });
  expect(made.status).toBe(201);
  status = 500;
  await server.addCorpus();
  const { id } = await server.submit();
  expect((await server.ended(id, 30)).status).toBe('succeeded');
  const path = `/v1/webhooks/${made.body.webhook.id}/deliveries`;
  const find = (wanted: (each: Seen) => boolean) => async () =>
    (await server.api<{ items: Seen[] }>('GET', path)).body.items.find(wanted);
  // Not killed in the middle of an attempt: its claim would have to run out first, which takes a minute.
  await until(
    'a failed attempt',
    30,
    find((each) => each.outcome === 'It answered 500.'),
  );
  await server.stop('SIGKILL');
  status = 200;
  await server.start();
  const delivered = await until(
    'the delivery',
    60,
    find((each) => each.status === 'delivered'),
  );
  const { headers, body } = messages.at(-1) as Message;
  expect(new Set(messages.map((message) => message.headers['webhook-id']))).toEqual(new Set([delivered.id]));
  expect(JSON.parse(body)).toMatchObject({ type: 'RunCompleted', data: { run: id } });
  const key = Buffer.from(made.body.secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  expect(server.file('logs/faults.ndjson')).not.toContain('"what":"webhooks"');
  const notice = await until('the notice of the end', 60, () => server.file('logs/notifications.ndjson'));
  expect(
    notice
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([expect.objectContaining({ subject: `Run ${id} succeeded` })]);
});
