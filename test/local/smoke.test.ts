/** The steps of the smoke test for AWS, against the local server: the same verbs, the same API, real jobs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStageConfig } from '#infra/config/stage-config.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';
import { cleanUp, forge } from '#test/unit/cli/cli-harness.ts';
import { liveJobs, workerOf } from '../../scripts/faults/live-jobs.ts';
import { smokeConfig } from '../../scripts/smoke/aws-world.ts';
import { readState, runSteps } from '../../scripts/smoke/run-steps.ts';
import { CORPUS, STEPS, type Step, UPLOAD_FOLDER } from '../../scripts/smoke/steps.ts';
import type { World } from '../../scripts/smoke/world.ts';

jest.setTimeout(400_000);
afterAll(() => {
  cleanUp();
  removeBundle();
  removeFixtures();
});

const dev = JSON.parse(readFileSync(join(PROJECT, 'infra/config/dev.json'), 'utf8'));
const config = parseStageConfig('smoke', smokeConfig(dev));

const quiet = { commit: 'abc', keep: false, say: () => undefined };

/** A place where nothing is deployed: what AWS does is noted, what the product does is done. */
function localWorld(server: ServerProcess, folder: string, did: string[]): World {
  return {
    folder,
    notes: readState(folder).notes,
    patienceSeconds: 180,
    async forge(words) {
      const env = { FORGE_HOME: join(server.home, '.forge') };
      const { exitCode, stdout, stderr } = await forge([...words, '--json'], { env });
      if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}`);
      return JSON.parse(stdout);
    },
    async deploy() {
      did.push('deploy');
      return { account: '123456789012', region: 'us-east-1' };
    },
    async signIn() {
      did.push('sign-in');
    },
    async stopJob() {
      const worker = await until('a job at work', 120, () => {
        const [job] = liveJobs(server.home);
        return job && workerOf(job);
      });
      process.kill(worker, 'SIGKILL');
      did.push('stop');
      return `process ${worker}`;
    },
    async destroy() {
      did.push('destroy');
    },
  };
}

describe('the configuration of the smoke test', () => {
  it('is a stage of its own that can be deployed and destroyed, with the rule that the upload step needs', () => {
    expect(config).toMatchObject({ stage: 'smoke', protectData: false });
    expect(config.triggers.uploads).toMatchObject([
      { pattern: `${UPLOAD_FOLDER}*`, run: { phases: ['bitnet'], input: { corpus: CORPUS } } },
    ]);
  });
});

describe('npm run smoke:aws', () => {
  const smoke = (words: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'scripts/smoke/main.ts', ...words], {
      cwd: PROJECT,
      encoding: 'utf8',
    });

  it('prints its steps and its price, and does nothing more, with --dry-run', () => {
    const { status, stdout } = smoke(['--dry-run']);
    expect(status).toBe(0);
    for (const { name, title } of STEPS) expect(stdout).toContain(`${name}: ${title}`);
    expect(stdout).toMatch(/7\. destroy: [\s\S]*Price: at most about \$\d+\.\d\d \(assumed;/);
  });

  it('does nothing where nobody can be asked', () => {
    const { status, stderr } = smoke([]);
    expect(status).toBe(2);
    expect(stderr).toContain('Nothing was deployed.');
  });
});

describe('the steps', () => {
  const server = new ServerProcess();
  afterAll(() => server.end());

  it('pass against the local server, with a job that was stopped and tried again, and give a record', async () => {
    mkdirSync(join(server.home, '.forge'), { recursive: true });
    writeFileSync(join(server.home, '.forge', 'triggers.yaml'), JSON.stringify(config.triggers));
    await server.start();
    const folder = fixtureTree({});
    const did: string[] = [];
    const record = await runSteps(localWorld(server, folder, did), STEPS, quiet);
    expect(record?.steps.map(({ name, verdict, found }) => [name, verdict, found])).toEqual([
      ['deploy', 'passed', 'deployed in us-east-1'],
      ['sign-in', 'passed', 'signed in'],
      ['texts', 'passed', expect.stringMatching(/^corpus \S+ of 8 texts$/)],
      ['tiny-run', 'passed', expect.stringMatching(/succeeded with \d+ models$/)],
      ['stopped-job', 'passed', expect.stringMatching(/stopped; run \S+ succeeded, a job of it in 2 tries$/)],
      ['upload', 'passed', expect.stringMatching(/was started by the upload and succeeded$/)],
      ['destroy', 'passed', 'every stack is gone'],
    ]);
    expect(did).toEqual(['deploy', 'sign-in', 'stop', 'destroy']);
    expect(record).toMatchObject({ verdict: 'passed', destroyed: true, commit: 'abc', region: 'us-east-1' });
    expect(record?.account).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(record)).not.toContain('123456789012');
  });
});

describe('a step that fails', () => {
  const step = (name: string, run: Step['run']): Step => ({ name, title: name, run });
  const well = (name: string, did: string[]) =>
    step(name, async () => {
      did.push(name);
      return { found: 'well' };
    });
  const broken = step('second', async () => {
    throw new Error('no capacity');
  });

  it('ends the test, destroys the stage and is recorded as failed', async () => {
    const did: string[] = [];
    const world = localWorld(new ServerProcess(), fixtureTree({}), did);
    const record = await runSteps(world, [well('first', did), broken, well('third', did)], quiet);
    expect(did).toEqual(['first', 'destroy']);
    expect(record).toMatchObject({ verdict: 'failed', destroyed: true });
    expect(record?.steps[1]).toMatchObject({ name: 'second', verdict: 'failed', found: 'no capacity' });
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it('is gone on with by the next call where the stage was kept', async () => {
    const did: string[] = [];
    const folder = fixtureTree({});
    const server = new ServerProcess();
    const first = await runSteps(localWorld(server, folder, did), [well('first', did), broken], {
      ...quiet,
      keep: true,
    });
    expect({ first, did }).toEqual({ first: null, did: ['first'] });
    const next = localWorld(server, folder, did);
    const record = await runSteps(next, [well('first', did), well('second', did)], quiet);
    expect(did).toEqual(['first', 'second', 'destroy']);
    expect(record).toMatchObject({ verdict: 'passed' });
    expect(record?.steps.map(({ name }) => name)).toEqual(['first', 'second', 'destroy']);
  });

  it('is a failure of the whole where the stage could not be destroyed, and what is known of it stays', async () => {
    const world: World = {
      ...localWorld(new ServerProcess(), fixtureTree({}), []),
      destroy: async () => {
        throw new Error('bucket not empty');
      },
    };
    const record = await runSteps(world, [well('first', [])], quiet);
    expect(record).toMatchObject({ verdict: 'failed', destroyed: false });
    expect(readdirSync(world.folder)).toEqual(['state.json']);
  });
});
