/** `forge doctor --profile aws`: what an account lacks for a deployment, each with the command that gets it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '#cli/server/check.ts';
import { cleanUp, forge, freshFolder } from './cli-harness.ts';
import { type AwsAnswers, programs, WELL } from './infra-world.ts';

// Each of them starts processes, on a machine that may have much else to do.
jest.setTimeout(60_000);
afterAll(cleanUp);

const PROFILE = '[default]\nregion = eu-central-1\n';

interface Account {
  readonly answers?: AwsAnswers;
  readonly env?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}

/** A home with a profile, an `aws` command that answers so, and templates that name these images. */
async function doctor({ answers = WELL, env = {}, tags = [] }: Account = {}) {
  const home = freshFolder();
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'config'), PROFILE);
  const root = freshFolder();
  if (tags.length > 0) {
    const folder = join(root, 'dist', 'cdk.out', 'assembly-Forge-dev');
    mkdirSync(folder, { recursive: true });
    const dockerImages = Object.fromEntries(
      tags.map((imageTag) => [imageTag, { destinations: { here: { imageTag } } }]),
    );
    writeFileSync(join(folder, 'Compute.assets.json'), JSON.stringify({ dockerImages }));
  }
  const tools = programs(answers);
  const { exitCode, stdout } = await forge(['doctor', '--profile', 'aws', '--json'], {
    env: { HOME: home, PATH: tools.PATH, ...env },
    root,
  });
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { exitCode, calls: tools.calls(), of: (name: string) => checks.find((each) => each.name === name) };
}

describe('forge doctor --profile aws', () => {
  it('takes credentials, account, region, bootstrap, quotas and image from where the AWS tools have them', async () => {
    const { of, calls } = await doctor({ tags: ['abc', 'def'] });
    expect(of('aws credentials')).toMatchObject({ status: 'ok' });
    expect(of('aws account')).toMatchObject({ status: 'ok', found: '123456789012' });
    expect(of('aws region')).toMatchObject({ status: 'ok', found: 'eu-central-1' });
    expect(of('aws bootstrap')).toMatchObject({ status: 'ok', found: 'version 21' });
    expect(of('aws gpu quota, Spot')).toMatchObject({ status: 'ok', found: '8 vCPUs of G and VT machines' });
    expect(of('aws gpu quota, on demand')).toMatchObject({ status: 'ok' });
    expect(of('aws image')).toMatchObject({ status: 'ok', found: '2 pushed' });
    expect(calls.every((call) => call.includes('--region eu-central-1'))).toBe(true);
    expect(calls.filter((call) => call.includes('imageTag=')).join()).toMatch(
      /cdk-hnb659fds-container-assets-123456789012-eu-central-1 --image-ids imageTag=abc/,
    );
  });

  it('fails where there is no credential, and asks nobody then', async () => {
    const { exitCode, of, calls } = await doctor({ env: { HOME: freshFolder(), AWS_REGION: 'us-east-1' } });
    expect(exitCode).toBe(7);
    expect(of('aws credentials')).toMatchObject({ status: 'fail' });
    expect(calls).toEqual([]);
  });

  it('gives the command that raises a quota of GPUs, for Spot as a failure and on demand as a warning', async () => {
    const { exitCode, of } = await doctor({ answers: { ...WELL, 'service-quotas': 'echo 0.0' } });
    expect(exitCode).toBe(7);
    const raise = (code: string) =>
      `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value 8 --region eu-central-1`;
    expect(of('aws gpu quota, Spot')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining(raise('L-3819A6DF')),
    });
    expect(of('aws gpu quota, on demand')).toMatchObject({
      status: 'warn',
      fix: expect.stringContaining(raise('L-DB2E81BA')),
    });
  });

  it.each([
    [
      'no bootstrap',
      { ssm: 'echo "(ParameterNotFound)" >&2; exit 254' },
      'aws bootstrap',
      /cdk bootstrap aws:\/\/123456789012\/eu-central-1/,
    ],
    ['an old bootstrap', { ssm: 'echo 3' }, 'aws bootstrap', /cdk bootstrap/],
    ['a refusal', { 'service-quotas': 'echo "AccessDenied" >&2; exit 254' }, 'aws gpu quota, Spot', /right/],
    ['a quota that is no number', { 'service-quotas': 'echo None' }, 'aws gpu quota, Spot', /./],
    ['expired credentials', { sts: 'echo "ExpiredToken" >&2; exit 255' }, 'aws account', /aws configure sso/],
    ['no answer', { sts: 'echo "Could not connect" >&2; exit 255' }, 'aws account', /get-caller-identity/],
  ])('fails over %s', async (_, answers, name, fix) => {
    const { exitCode, of } = await doctor({ answers: { ...WELL, ...answers } });
    expect(exitCode).toBe(7);
    expect(of(name)).toMatchObject({ status: 'fail', fix: expect.stringMatching(fix) });
  });

  it.each([
    ['a region that is none', { AWS_REGION: 'Frankfurt' }],
    ['no region for the profile', { AWS_PROFILE: 'work' }],
  ])('fails over %s, and asks nobody then', async (_, env) => {
    const { exitCode, of, calls } = await doctor({ env });
    expect({ exitCode, calls }).toEqual({ exitCode: 7, calls: [] });
    expect(of('aws region')).toMatchObject({ status: 'fail', fix: expect.stringContaining('AWS_REGION') });
  });

  it('says which images were not pushed, and that none is known before templates are written', async () => {
    const ecr = 'echo "(ImageNotFoundException)" >&2; exit 254';
    const { of } = await doctor({ answers: { ...WELL, ecr }, tags: ['abc'] });
    expect(of('aws image')).toMatchObject({ status: 'warn', found: '1 of 1 not pushed' });
    expect((await doctor()).of('aws image')).toMatchObject({
      status: 'warn',
      fix: 'Run: forge infra synth',
    });
  });

  it('cannot look anything up without the aws command, and says so', async () => {
    const { of } = await doctor({ env: { PATH: freshFolder() } });
    expect(of('aws account')).toMatchObject({
      status: 'warn',
      found: 'not checked: there is no aws command',
    });
  });

  it('never shows a secret', async () => {
    const env = {
      HOME: freshFolder(),
      PATH: '',
      AWS_ACCESS_KEY_ID: 'AKIA-canary',
      AWS_SECRET_ACCESS_KEY: 'canary',
    };
    const { stdout, stderr } = await forge(['doctor', '--profile', 'aws'], { env });
    expect(stdout + stderr).not.toMatch(/canary/);
    expect(stdout).toMatch(/ok +aws credentials +AWS_ACCESS_KEY_ID in the environment/);
  });
});
