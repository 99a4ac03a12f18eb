/** `forge infra`: nothing of an account is touched before somebody has agreed and everything it needs is there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdkProgram } from '#cli/infra/cdk.ts';
import { outputsFile, stackOutputs } from '#cli/infra/stack-outputs.ts';
import { nodeProblem } from '#cli/server/node-version.ts';
import { cleanUp, forge, freshFolder, ROOT } from './cli-harness.ts';
import { checkout, PINNED, programs, WELL } from './infra-world.ts';

// Each of them starts processes, on a machine that may have much else to do.
jest.setTimeout(60_000);
afterAll(cleanUp);

const devFile = join(ROOT, 'infra', 'config', 'dev.json');

/** A configuration of dev with one change. */
function changed(change: object): string {
  const file = join(freshFolder(), 'stage.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(devFile, 'utf8')), ...change }));
  return file;
}

async function infra(
  words: readonly string[],
  { answer, world = checkout(), tools = programs() }: InfraWorld = {},
) {
  const said = await forge(['infra', ...words], {
    root: world.root,
    env: { PATH: tools.PATH },
    ...(answer === undefined ? {} : { answer }),
  });
  return { ...said, cdk: world.calls(), tools: tools.calls() };
}

interface InfraWorld {
  readonly answer?: string;
  readonly world?: ReturnType<typeof checkout>;
  readonly tools?: ReturnType<typeof programs>;
}

describe('forge infra deploy', () => {
  it('says stage, account, region and idle cost, and goes on once the name of the stage was typed', async () => {
    const { exitCode, stdout, stderr, cdk } = await infra(['deploy'], { answer: 'dev' });
    expect(stderr).toMatch(/Deploys: stage dev, account 123456789012, region us-east-1\./);
    expect(stderr).toMatch(
      /Idle it costs about \$\d\.\d\d a month \(prices of \d{4}-\d\d-\d\d, \d+ days old\)/,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('dev is deployed');
    expect(cdk).toHaveLength(1);
    expect(cdk[0]?.argv.slice(0, 3)).toEqual(['--no-notices', 'deploy', 'Forge-dev/**']);
    expect(cdk[0]?.argv.join(' ')).toMatch(
      /-c config=\S+dev\.json --require-approval never --outputs-file \S+dev\.json$/,
    );
    expect(cdk[0]?.env).toMatchObject({ AWS_REGION: 'us-east-1', CDK_DISABLE_CLI_TELEMETRY: 'true' });
  });

  it.each([
    ['no', 1, /"no" is not "dev": nothing was changed/],
    ['yes', 1, /"yes" is not "dev"/],
    [undefined, 2, /Nobody can be asked here[\s\S]*--yes/],
  ])('does nothing where %s was typed', async (answer, code, says) => {
    const { exitCode, stderr, cdk } = await infra(['deploy'], answer === undefined ? {} : { answer });
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(says);
    expect(cdk).toEqual([]);
  });

  it('does not ask with --yes', async () => {
    const { exitCode, stderr, cdk } = await infra(['deploy', '--yes', '--stage', 'prod', '--json']);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('Type the name');
    expect(cdk[0]?.argv).toContain('Forge-prod/**');
  });

  it.each([
    [
      'no credentials',
      { ...WELL, sts: 'echo "Unable to locate credentials" >&2; exit 253' },
      4,
      /aws configure sso/,
    ],
    ['expired ones', { ...WELL, sts: 'echo "ExpiredToken: old" >&2; exit 254' }, 4, /ExpiredToken/],
    [
      'no bootstrap',
      { ...WELL, ssm: 'echo "(ParameterNotFound)" >&2; exit 254' },
      7,
      /not bootstrapped[\s\S]*cdk bootstrap aws:\/\/123456789012\/us-east-1/,
    ],
    ['an old bootstrap', { ...WELL, ssm: 'echo 5' }, 7, /version 5 in us-east-1; expected version 6/],
    ['no right to look', { ...WELL, ssm: 'echo "AccessDenied: ssm" >&2; exit 254' }, 4, /AccessDenied/],
  ])('refuses %s', async (_, answers, code, says) => {
    const { exitCode, stderr, cdk } = await infra(['deploy', '--yes'], { tools: programs(answers) });
    expect({ exitCode, cdk }).toEqual({ exitCode: code, cdk: [] });
    expect(stderr).toMatch(says);
  });

  it.each([
    ['an engine that does not run', 'exit 1'],
    ['no engine', null],
  ])('refuses %s', async (_, docker) => {
    const { exitCode, stderr, cdk } = await infra(['deploy', '--yes'], { tools: programs(WELL, docker) });
    expect({ exitCode, cdk }).toEqual({ exitCode: 7, cdk: [] });
    expect(stderr).toMatch(/docker info failed[\s\S]*CDK_DOCKER/);
  });

  it('refuses credentials of another account than the configured one', async () => {
    const config = changed({ account: '210987654321' });
    const { exitCode, stderr, cdk } = await infra(['deploy', '--yes', '--config', config]);
    expect({ exitCode, cdk }).toEqual({ exitCode: 6, cdk: [] });
    expect(stderr).toMatch(/of account 123456789012; \S+ names 210987654321/);
  });

  it('ends with 1 where the CDK could not do it', async () => {
    const { exitCode, stdout, stderr } = await infra(['deploy', '--yes'], {
      world: checkout({ exitCode: 3 }),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/cdk was here[\s\S]*cdk deploy ended with 3/);
  });
});

describe('forge infra destroy', () => {
  it('asks for the name of the stage, and needs neither bootstrap nor Docker', async () => {
    const { sts = '', cloudformation = '' } = WELL;
    const tools = programs({ sts, cloudformation }, null);
    const { exitCode, stderr, cdk } = await infra(['destroy'], { answer: 'dev', tools });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('DESTROYS every stack');
    expect(cdk[0]?.argv).toEqual(expect.arrayContaining(['destroy', 'Forge-dev/**', '--force']));
  });

  it('does nothing without a word', async () => {
    const { exitCode, cdk, tools } = await infra(['destroy']);
    expect({ exitCode, cdk }).toEqual({ exitCode: 2, cdk: [] });
    expect(tools.filter((call) => !call.startsWith('aws sts'))).toEqual([]);
  });

  it('empties the buckets of the stage first, version by version', async () => {
    const seen = join(freshFolder(), 'seen');
    const version = '[{"Key":"a b","VersionId":"1"},null]';
    const tools = programs({
      ...WELL,
      cloudformation: 'if [ "$2" = list-stacks ]; then echo Forge-dev-Data; else echo my-bucket; fi',
      s3api: `if [ "$2" = list-object-versions ]; then if [ -e ${seen} ]; then echo null; else echo '${version}'; fi; else : > ${seen}; fi`,
    });
    const { exitCode, stderr, cdk, tools: calls } = await infra(['destroy', '--yes'], { tools });
    expect({ exitCode, cdk: cdk.length }).toEqual({ exitCode: 0, cdk: 1 });
    expect(stderr).toContain('my-bucket: 1 version deleted');
    expect(calls.filter((call) => call.includes('delete-objects'))).toEqual([
      expect.stringContaining(
        '--bucket my-bucket --delete {"Objects":[{"Key":"a b","VersionId":"1"}],"Quiet":true}',
      ),
    ]);
  });

  it('ends where an object cannot be deleted, instead of trying for ever', async () => {
    const tools = programs({
      ...WELL,
      cloudformation: 'if [ "$2" = list-stacks ]; then echo Forge-dev-Data; else echo my-bucket; fi',
      s3api: `if [ "$2" = list-object-versions ]; then echo '[{"Key":"locked","VersionId":"1"}]'; else echo locked; fi`,
    });
    const { exitCode, stderr, cdk } = await infra(['destroy', '--yes'], { tools });
    expect({ exitCode, cdk }).toEqual({ exitCode: 7, cdk: [] });
    expect(stderr).toContain('would not delete locked from my-bucket');
  });

  it('touches no stage whose data are protected', async () => {
    const { exitCode, stderr, cdk } = await infra(['destroy', '--yes', '--stage', 'prod']);
    expect({ exitCode, cdk }).toEqual({ exitCode: 6, cdk: [] });
    expect(stderr).toMatch(/protected[\s\S]*protectData to false/);
  });
});

describe('forge infra synth, diff and cost', () => {
  it('write templates without asking AWS anything', async () => {
    const { exitCode, cdk, tools } = await infra(['synth', '--stage', 'prod']);
    expect({ exitCode, tools }).toEqual({ exitCode: 0, tools: [] });
    expect(cdk[0]?.argv.slice(0, 3)).toEqual(['--no-notices', 'synth', '--quiet']);
    expect(cdk[0]?.env).toMatchObject({ AWS_EC2_METADATA_DISABLED: 'true' });
  });

  it('compare with the account of the credentials', async () => {
    const { exitCode, cdk, stderr } = await infra(['diff']);
    expect(exitCode).toBe(0);
    expect(cdk[0]?.argv).toEqual(expect.arrayContaining(['diff', 'Forge-dev/**']));
    expect(stderr).toContain('nothing was changed');
  });

  it('print costs as text and as a document, and start no CDK for it', async () => {
    const text = await infra(['cost']);
    expect(text.stdout).toMatch(/Idle, a month: \$\d\.\d\d \(within the goal of \$5\.00\)/);
    expect(text.cdk).toEqual([]);
    const { stdout } = await infra(['cost', '--stage', 'prod', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ stage: 'prod', idle: { withinLimit: true } });
  });

  it.each([
    [['synth', '--stage', 'nowhere'], 2, /nowhere\.json cannot be deployed/],
    [['cost', '--config', changed({ region: 'moon' })], 2, /\/region/],
    [['cost', '--stage', 'dev', '--config', 'x.json'], 2, /give one of them/],
  ])('refuse %j with exit code %i', async (words, code, says) => {
    const { exitCode, stderr, cdk } = await infra(words);
    expect({ exitCode, cdk }).toEqual({ exitCode: code, cdk: [] });
    expect(stderr).toMatch(says);
  });
});

describe('the CDK that is run', () => {
  it('is the pinned version of major 2, exactly', () => {
    expect(PINNED).toBe('2.1148.1');
    expect(cdkProgram(ROOT)).toBe(join(ROOT, 'node_modules/aws-cdk/bin/cdk'));
  });

  it('is refused in any other version', async () => {
    const { exitCode, stderr } = await infra(['synth'], { world: checkout({ version: '3.0.0' }) });
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/aws-cdk is 3\.0\.0; expected 2\.1148\.1, exactly[\s\S]*npm run setup/);
  });

  it('needs Node 20.19, a checkout, and says so', async () => {
    expect(nodeProblem('20.19.0')).toBeNull();
    expect(nodeProblem('22.1.0')).toBeNull();
    expect(() => cdkProgram(ROOT, '18.20.0')).toThrow(/Node is 18\.20\.0; expected 20\.19 or newer/);
    const { exitCode, stderr } = await forge(['infra', 'synth'], { root: null });
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/no project folder with infra/);
  });
});

describe('the addresses of a deployed stage', () => {
  it('are read from what the deployment has written, and are unknown before', () => {
    const root = freshFolder();
    expect(stackOutputs(root, 'dev')).toBeNull();
    mkdirSync(join(root, 'dist'));
    const written = { 'Forge-dev-Api': { ApiUrl: 'https://x/v1' }, 'Forge-dev-Data': { Bucket: 'b' } };
    writeFileSync(outputsFile(root, 'dev'), JSON.stringify(written));
    expect(stackOutputs(root, 'dev')).toEqual({ ApiUrl: 'https://x/v1', Bucket: 'b' });
    expect(stackOutputs(root, 'prod')).toBeNull();
  });
});
