/** The real command line over the real checkout: no account, no network, no Docker; then a second opinion on the templates. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const CDK = join(PROJECT, 'node_modules/aws-cdk/bin/cdk');
const LINT = join(PROJECT, '.venv/bin/cfn-lint');

/** No credentials, no engine for images, and proxies that nobody answers: whoever asks the network fails. */
const ALONE = {
  PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`,
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CDK_VALIDATION: 'false',
  CDK_DOCKER: '/bin/false',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
};

const out = join(fixtureTree({ 'note.txt': 'cdk.out lies beside' }), 'cdk.out');
const synth = (...args: string[]) =>
  spawnSync(process.execPath, [CDK, 'synth', '--quiet', '--output', out, ...args], {
    cwd: PROJECT,
    env: ALONE,
    encoding: 'utf8',
  });

afterAll(removeFixtures);

describe('cdk synth', () => {
  it('is version 2 of the command line: a version 3 on npm is an accidental publish', () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'node_modules/aws-cdk/package.json'), 'utf8'));
    expect(version).toBe('2.1148.1');
    expect(execFileSync(process.execPath, [CDK, '--version'], { encoding: 'utf8' })).toMatch(/^2\./);
  });

  it('makes every template without account, network and Docker, and cfn-lint finds no error in them', () => {
    const { status, stderr } = synth();
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    const folder = join(out, 'assembly-Forge-dev');
    const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
    expect(templates).toHaveLength(5);
    const paths = templates.map((name) => join(folder, name));
    const linted = spawnSync(LINT, ['--non-zero-exit-code', 'error', '--format', 'parseable', ...paths], {
      encoding: 'utf8',
    });
    const errors = linted.stdout.split('\n').filter((line) => /:E\d{4}:/.test(line));
    expect([linted.status, errors]).toEqual([0, []]);
  });

  it('answers a stage that does not exist with its file, and makes nothing', () => {
    const { status, stderr } = synth('-c', 'stage=nowhere');
    expect(status).not.toBe(0);
    expect(stderr).toContain('nowhere.json cannot be deployed');
  });
});
