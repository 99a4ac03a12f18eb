/** Ctrl-C on `npm start`'s demo: a checkpoint, a paused run, and a way to go on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliHome, TINY_DOCUMENT } from '#test/unit/cli/cli-process.ts';

const { home, start, run: forge, json, end } = cliHome();
const file = join(home, 'long.yaml');

afterAll(end);

describe('the demo after Ctrl-C', () => {
  it('pauses its run, stops its server, says how to go on, and that way leads on', async () => {
    writeFileSync(
      file,
      TINY_DOCUMENT.replace('steps: 4,', 'steps: 20000,').replace('log_every: 1 ', 'log_every: 1000 '),
    );
    const demo = start(['demo', '--file', file]);
    await demo.heard('phase cognate started');
    demo.child.kill('SIGINT');
    const { exitCode, stderr } = await demo.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('the run is paused'),
    });
    expect(stderr).toContain('server stopped');
    const id = /npx forge runs resume (\w{26}) --watch/.exec(stderr)?.[1] ?? '';

    const server = start(['serve']);
    await server.heard('listens on');
    expect(await json(['runs', 'get', id])).toMatchObject({ status: 'paused', error: null });
    expect(await json(['runs', 'resume', id])).toMatchObject({
      status: 'running',
      executions: [`${id}-1`, `${id}-2`],
    });
    await json(['runs', 'cancel', id]);
    expect((await forge(['runs', 'watch', id])).stdout).toContain('cancelled');
    server.child.kill('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
  }, 90_000);
});
