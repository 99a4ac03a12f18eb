import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { createSpawnLauncher } from '#local/jobs/spawn-launcher.ts';
import { eventually, Harness, shellOptions, shellRequest } from './harness.ts';
import { createMemoryJournal } from './memory-journal.ts';

/** Fails the first attempt, succeeds the second, and notes each time it really ran. */
const SCRIPT = 'echo attempt $AWS_BATCH_JOB_ATTEMPT >> ran; echo line; [ $AWS_BATCH_JOB_ATTEMPT = 2 ]';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

const kills = ['before', 'after'].flatMap((when) =>
  Array.from({ length: 12 }, (_, index) => [when, index + 1] as const),
);

describe('a server that is killed without notice', () => {
  const server = join(__dirname, '../../../node_modules/.cache/forge-test/crashing-server.cjs');
  beforeAll(() => {
    buildSync({
      entryPoints: [join(__dirname, 'crashing-server.ts')],
      outfile: server,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
  });

  it.each(kills)('%s its journal entry %i runs every attempt exactly once', async (when, count) => {
    const journalFile = join(harness.directory, 'journal');
    const child = spawnSync(process.execPath, [
      server,
      harness.directory,
      journalFile,
      when,
      String(count),
      SCRIPT,
    ]);
    expect(child.signal).toBe('SIGKILL');

    const restarted = new Harness({
      ...shellOptions(harness.directory),
      journal: createMemoryJournal(journalFile),
    });
    await restarted.runner.resume();
    const { jobId } = restarted.runner.submit(
      shellRequest(SCRIPT, { clientToken: 'only', retryStrategy: { attempts: 2 } }),
    );
    const job = await restarted.runner.waitFor(jobId);
    expect(job.status).toBe('SUCCEEDED');
    expect(job.attempts.map(({ container }) => container.exitCode)).toEqual([1, 0]);
    expect(harness.file('ran')).toBe('attempt 1\nattempt 2\n');
    await eventually('all is settled', () => restarted.journal.listOpen().length === 0);
    expect(restarted.runner.list().length).toBe(1);
    await restarted.close();
  });
});

describe('a launch that was given up', () => {
  it('does not run when it comes late', async () => {
    const path = (name: string): string => join(harness.directory, name);
    const request = {
      file: '/bin/sh',
      args: ['-c', 'echo x > ran'],
      env: { PATH: process.env.PATH ?? '' },
      cwd: harness.directory,
      stdoutPath: path('out'),
      stderrPath: path('err'),
      exitPath: path('exit.json'),
    };
    const launch = (claim: string): Promise<number | null> =>
      new Promise((resolve, reject) => {
        createSpawnLauncher()
          .launch({ ...request, claimPath: path(claim) }, resolve)
          .catch(reject);
      });
    await launch('claim');
    expect(harness.file('ran')).toBe('x\n');
    expect(harness.file('exit.json')).toBe('{"exitCode":0}\n');

    // The second start finds the claim of the first.
    spawnSync('rm', [path('ran')]);
    expect(await launch('claim')).toBe(125);
    expect(harness.file('ran')).toBe('');
  });
});
