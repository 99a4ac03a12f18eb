/** The local event socket: real sockets over a real log, cut off, flooded, kept waiting. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { liveSocket } from '#local/socket-writer.ts';
import { type Connect, followThroughCuts, overSocket, overStream } from '#test/support/cut-off-client.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { openSocketClient, refusal, type SocketClient } from '#test/support/socket-client.ts';
import { type SocketWorld, socketWorld } from '#test/support/socket-world.ts';

jest.setTimeout(120_000);

let world: SocketWorld;
beforeEach(async () => {
  world = await socketWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.faults).toEqual([]);
});
afterAll(removeFixtures);

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);
const open = (token = 'own', options = {}) => openSocketClient(world.url, token, options);
const has = (seq: number) => (frame: { seq?: number }) => frame.seq === seq;
const isOf = (type: string) => (frame: { type: string }) => frame.type === type;

async function follow(after = 0): Promise<SocketClient> {
  const client = await open();
  client.say({ action: 'subscribe', run: world.run, after });
  await client.next(isOf('subscribed'));
  return client;
}

it('sends what is there and what comes, in order and as the very envelopes of the log', async () => {
  await world.append(3);
  const client = await follow();
  await world.append(1, { text: 'live' });
  await client.next(has(4));
  const stored = await world.ports.events.read('acme', world.run, 0, 10);
  expect(client.frames).toEqual([{ type: 'subscribed', run: world.run, after: 0 }, ...stored]);
  expect(client.socket.protocol).toBe('forge.v1');
});

it.each<[string, Connect]>([
  ['sockets', overSocket],
  ['streams', overStream],
])('loses nothing and repeats nothing over 100 disconnects of %s at any moment', async (_, connect) => {
  let state = 7;
  // A linear congruential generator (Numerical Recipes): the moments are the same each time.
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const { seqs, written, known, resyncs } = await followThroughCuts(world, connect, 100, random);
  expect(seqs).toEqual(upTo(written));
  expect(seqs.length).toBeGreaterThan(1000);
  expect([known, resyncs]).toEqual([0, 0]);
});

it('sends every event once to each of fifty sockets, while they are written one by one and in bursts', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => follow()));
  for (const count of [1, 1, 250, 1, 47]) {
    await world.append(count);
    await sleep(5);
  }
  await Promise.all(clients.map((client) => client.next(has(300))));
  for (const client of clients) expect(client.seqs()).toEqual(upTo(300));
});

it('follows several runs over one socket until it is told to stop', async () => {
  const client = await follow();
  await world.append(1);
  await client.next(has(1));
  client.say({ action: 'unsubscribe', run: world.run });
  await client.next(isOf('unsubscribed'));
  await world.append(2);
  client.say({ action: 'ping' });
  await client.next(isOf('pong'));
  client.say({ action: 'subscribe', run: world.run, after: 1 });
  await client.next(has(3));
  expect(client.seqs()).toEqual([1, 2, 3]);
});

it('begins again with one resync for a number that the log has not given', async () => {
  await world.append(2);
  const client = await open();
  client.say({ action: 'subscribe', run: world.run, after: 99 });
  await client.next(has(2));
  expect(client.frames.map(({ type, seq }) => seq ?? type)).toEqual(['resync', 'subscribed', 1, 2]);
});

it('shows nothing to another tenant, whose token is good', async () => {
  await world.append(1);
  const client = await open('stranger');
  client.say({ action: 'subscribe', run: world.run });
  const { problem } = await client.next(isOf('problem'));
  expect([problem.kind, problem.status]).toEqual(['not_found', 404]);
  await world.append(1);
  client.say({ action: 'ping' });
  await client.next(isOf('pong'));
  expect(client.seqs()).toEqual([]);
});

it.each([
  ['a token that nobody knows', 'wrong', {}, '401'],
  ['a page of another site', 'own', { headers: { origin: 'https://evil.test' } }, '403'],
  ['a foreign host', 'own', { headers: { host: 'evil.test' } }, '421'],
])('refuses %s', async (_, token, options, status) => {
  const error = await open(token, options).then(
    () => new Error('it was let in'),
    (refused: Error) => refused,
  );
  expect(refusal(error)).toBe(status);
});

it('refuses a socket anywhere else', async () => {
  const elsewhere = openSocketClient(world.url.replace('/v1/socket', '/v1/runs'), 'own');
  await expect(elsewhere).rejects.toThrow('404');
});

it('answers what is no frame with a problem and stays open; what API Gateway would cut off is cut off', async () => {
  const client = await open();
  const wrong: readonly [string, string][] = [
    ['{', 'invalid_json'],
    ['{"action":"x"}', 'unknown_action'],
    ['x'.repeat(33 * 1024), 'frame_too_large'],
  ];
  for (const [text, code] of wrong) {
    client.say(text);
    await client.next(({ problem }) => problem?.code === code);
  }
  client.say('x'.repeat(129 * 1024));
  const code = await new Promise((closed) => client.socket.on('close', closed));
  expect(code).toBe(1009);
});

it('keeps the events of a client that does not read in the log, and loses none when it reads again', async () => {
  const [slow, quick] = [await follow(), await follow()];
  slow.socket.pause();
  // 60 MB: more than any buffer of the system takes.
  for (let batch = 0; batch < 10; batch += 1) await world.append(60, { text: 'x'.repeat(100_000) });
  await quick.next(has(600));
  expect(slow.seqs().length).toBeLessThan(600);
  slow.socket.resume();
  await slow.next(has(600));
  expect(slow.seqs()).toEqual(upTo(600));
});

it('lets no more than a bound wait for a client that does not read', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  if (reader.readyState === WebSocket.CONNECTING) await once(reader, 'open');
  reader.pause();
  const { send } = liveSocket(socket);
  let most = 0;
  let waited = false;
  for (let sent = 0; sent < 500 && !waited; sent += 1) {
    const taken = send('x'.repeat(100_000)).then(() => false);
    most = Math.max(most, socket.bufferedAmount);
    waited = await Promise.race([taken, sleep(200, true)]);
  }
  expect([waited, most < 1024 * 1024 + 2 * 100_100]).toEqual([true, true]);
  reader.terminate();
  socket.terminate();
  expect(await send('x')).toBe(false);
  await new Promise((done) => server.close(done));
});

it('ends sockets that give no sign of life, and keeps those that do', async () => {
  const impatient = await socketWorld({ heartbeatMs: 2000 });
  const [dead, alive] = [
    await openSocketClient(impatient.url, 'own', { autoPong: false }),
    await openSocketClient(impatient.url, 'own'),
  ];
  await new Promise((closed) => dead.socket.on('close', closed));
  alive.say({ action: 'ping' });
  await alive.next(isOf('pong'));
  await impatient.close();
});
