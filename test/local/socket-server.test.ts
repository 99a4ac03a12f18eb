/** The command and the program of docs/events.md follow a run of the real server to its end. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess } from '#test/support/server-process.ts';
import { openSocketClient } from '#test/support/socket-client.ts';

jest.setTimeout(120_000);

let server: ServerProcess;
beforeAll(async () => {
  server = new ServerProcess(FAKE_JOBS);
  await server.start();
  await server.addCorpus();
});
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
});

/** Node gives programs a WebSocket from version 22 on; before that, the package stands in for it. */
const STANDIN = `import { WebSocket } from ${JSON.stringify(join(PROJECT, 'node_modules/ws/wrapper.mjs'))};
globalThis.WebSocket ??= WebSocket;
`;

it('prints every event of the run once, in order, and ends with the run', async () => {
  const [, program = ''] =
    /```js\n(.*?)```/s.exec(readFileSync(join(PROJECT, 'docs/events.md'), 'utf8')) ?? [];
  expect(program).toContain('new WebSocket');
  const file = join(server.home, 'follow.mjs');
  writeFileSync(file, STANDIN + program);
  const { id } = await server.submit();
  const address = `${server.url.replace('http', 'ws')}/v1/socket`;
  const child = spawn(process.execPath, [file, address, server.file('token').trim(), id]);
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe('');
  const events = await server.events(id);
  expect(out.trim().split('\n')).toEqual(events.map(({ seq, type }) => `${seq} ${type}`));
  expect(events.at(-1)?.type).toBe('RunCompleted');
});

it('streams every event with its number to the command of the page, and then says that the run has ended', async () => {
  const [, command = ''] =
    /```sh\n(.*?)```/s.exec(readFileSync(join(PROJECT, 'docs/events.md'), 'utf8')) ?? [];
  expect(command.trim()).toBe(
    `curl -N -H "authorization: Bearer $TOKEN" -H 'accept: text/event-stream' "$FORGE_ENDPOINT/v1/runs/$RUN/events?after=0"`,
  );
  const { id } = await server.submit('streamed');
  const variables = { TOKEN: server.file('token').trim(), FORGE_ENDPOINT: server.url, RUN: id };
  const child = spawn('sh', ['-c', command], { env: { ...process.env, ...variables } });
  const out = await text(child.stdout);
  const events = await server.events(id);
  expect([...out.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq))).toEqual(
    events.map(({ seq }) => seq),
  );
  expect(out.endsWith('event: end\ndata: {}\n\n')).toBe(true);
});

it('lets nobody in without the token of the home, and ends sockets when it stops', async () => {
  const url = `${server.url}/v1/socket`;
  await expect(openSocketClient(url, '0'.repeat(64))).rejects.toThrow('401');
  const client = await openSocketClient(url, server.file('token').trim());
  const closed = new Promise((done) => client.socket.on('close', done));
  expect(await server.stop()).toBe(0);
  await closed;
});
