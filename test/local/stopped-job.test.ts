/** A job that stands still on the real server is killed, tried again, and the run succeeds. */
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(60_000);

const server = new ServerProcess({ ...FAKE_JOBS, FORGE_LEASE_SECONDS: '2' });
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
});

it('a stopped job loses its lease and the next attempt does its work', async () => {
  await server.start();
  await server.addCorpus();
  server.plan({ base: { ms: 600 } });
  const { id } = await server.submit();
  const first = await until('the base at work', 10, () =>
    server.notes().find(({ what, stage }) => what === 'begin' && stage === 'base'),
  );
  process.kill(first.pid, 'SIGSTOP');
  const run = await until(`a run that ended; faults: ${server.file('logs/faults.ndjson')}`, 30, async () => {
    const now = await server.run(id);
    return (now.status === 'succeeded' || now.status === 'failed') && now;
  });
  expect(run.status).toBe('succeeded');
  const begun = server.notes().filter(({ what, stage }) => what === 'begin' && stage === 'base');
  expect(begun.map(({ attempt }) => attempt)).toEqual([1, 2]);
});
