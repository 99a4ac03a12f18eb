/** `forge doctor`: each thing that can be missing is named, with the one line that mends it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Check } from '#cli/server/check.ts';
import { answering, cleanUp, forge, freshFolder, type Surroundings, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

interface Diagnosis {
  readonly exitCode: number;
  readonly checks: readonly Check[];
  of(name: string): Check | undefined;
}

async function doctor(surroundings: Surroundings = {}, argv: readonly string[] = []): Promise<Diagnosis> {
  const { exitCode, stdout } = await forge(['doctor', '--json', ...argv], surroundings);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { exitCode, checks, of: (name) => checks.find((check) => check.name === name) };
}

/** A project folder whose Python is this shell script, and whose server was built. */
function projectWith(python: string): string {
  const root = freshFolder();
  mkdirSync(join(root, '.venv', 'bin'), { recursive: true });
  mkdirSync(join(root, 'dist', 'local'), { recursive: true });
  writeFileSync(join(root, 'dist', 'local', 'server.mjs'), '');
  writeFileSync(join(root, '.venv', 'bin', 'python'), `#!/bin/sh\n${python}\n`, { mode: 0o755 });
  return root;
}

/** A home with a profile, and an `aws` command that answers so. */
function awsMachine(answer: string, config = '[default]\nregion = eu-central-1\n'): Record<string, string> {
  const folder = freshFolder();
  mkdirSync(join(folder, '.aws'));
  writeFileSync(join(folder, '.aws', 'config'), config);
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
  return { HOME: folder, PATH: folder };
}

describe('forge doctor', () => {
  it('is content with this machine, and needs nothing of AWS', async () => {
    const { exitCode, checks } = await doctor({ env: { FORGE_PORT: '0' } });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['node', 'python', 'build', 'disk', 'home', 'port', 'server', 'demo text']),
    );
    expect(checks.filter(({ name }) => name.startsWith('aws'))).toEqual([]);
  });

  it('says how to get what the project folder lacks', async () => {
    const { exitCode, of } = await doctor({ root: freshFolder() });
    expect(exitCode).toBe(7);
    expect(of('python')).toMatchObject({ status: 'fail', fix: 'Run: npm run setup' });
    expect(of('build')).toMatchObject({ status: 'fail', fix: 'Run: npm run setup' });
    expect(of('demo text')).toMatchObject({ status: 'warn', fix: 'Run: npm run setup' });
  });

  it('names the package that Python lacks', async () => {
    const root = projectWith('echo "ModuleNotFoundError: No module named torch" >&2; exit 1');
    const { exitCode, of } = await doctor({ root });
    expect(exitCode).toBe(7);
    expect(of('python')?.found).toContain('No module named torch');
  });

  it.each([
    ['avx2', 'echo avx2', { status: 'ok', found: 'avx2' }],
    ['nothing compiled', 'echo torch', { status: 'warn', fix: expect.stringContaining('C compiler') }],
    ['a broken package', 'exit 1', { status: 'warn', fix: expect.stringContaining('C compiler') }],
  ])('says which ternary kernel is in use: %s', async (_, python, expected) => {
    const root = projectWith(python);
    mkdirSync(join(root, 'containers'));
    expect((await doctor({ root })).of('ternary kernel')).toMatchObject(expected);
  });

  it('notices a home that cannot be written', async () => {
    const { exitCode, of } = await doctor({ env: { FORGE_HOME: '/dev/null/home' } });
    expect(exitCode).toBe(7);
    expect(of('home')).toMatchObject({ status: 'fail', fix: 'Set FORGE_HOME to a folder of yours.' });
  });

  it('notices a port that is in use, which is no failure', async () => {
    const other = createServer();
    await new Promise<void>((done) => {
      other.listen(0, '127.0.0.1', done);
    });
    const { port } = other.address() as { port: number };
    const { of } = await doctor({ env: { FORGE_PORT: String(port) } });
    await new Promise((done) => other.close(done));
    expect(of('port')).toMatchObject({ status: 'warn', found: `${port} is in use` });
  });

  it('looks at the server that an address names, and at what it thinks of the token', async () => {
    const health = { status: 'ok', version: '9.9.9', uptimeSeconds: 1 };
    const endpoint = await serveHttp(
      answering({ 'GET /v1/health': health, 'GET /v1/presets': { items: [] } }),
    );
    const well = await doctor({}, ['--endpoint', endpoint]);
    expect(well.of('server')).toMatchObject({ status: 'ok', found: `version 9.9.9 on ${endpoint}` });
    expect(well.of('token')).toMatchObject({ status: 'ok' });

    const strict = await serveHttp((request, response) => {
      const open = request.url === '/v1/health';
      response.writeHead(open ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(open ? health : { kind: 'unauthenticated', detail: 'Nobody knows you.' }));
    });
    const refused = await doctor({}, ['--endpoint', strict]);
    expect(refused.exitCode).toBe(7);
    expect(refused.of('token')).toMatchObject({
      status: 'fail',
      found: 'Nobody knows you.',
      fix: expect.stringContaining('FORGE_TOKEN'),
    });
  });

  it('warns of a token that others can read', async () => {
    const cwd = freshFolder();
    const health = { status: 'ok', version: '1', uptimeSeconds: 1 };
    const url = await serveHttp(answering({ 'GET /v1/health': health, 'GET /v1/presets': { items: [] } }));
    mkdirSync(join(cwd, '.forge'));
    const record = { pid: process.pid, port: 1, url, startedAt: '', version: '1' };
    writeFileSync(join(cwd, '.forge', 'server.json'), JSON.stringify(record));
    writeFileSync(join(cwd, '.forge', 'token'), 'secret');
    chmodSync(join(cwd, '.forge', 'token'), 0o644);
    const { of } = await doctor({ cwd });
    expect(of('token file')).toMatchObject({ status: 'warn', fix: expect.stringContaining('chmod 600') });
    chmodSync(join(cwd, '.forge', 'token'), 0o600);
    expect((await doctor({ cwd })).of('token file')).toBeUndefined();
  });

  it('says for people what is wrong, each with its remedy on a line of its own', async () => {
    const { stdout } = await forge(['doctor', '--aws'], { env: { HOME: freshFolder() } });
    expect(stdout).toMatch(/fail +aws credentials +none\n/);
    expect(stdout).toContain('\naws credentials: Run: aws configure sso, or set AWS_PROFILE.\n');
    expect(stdout).toMatch(/\naws region: Set AWS_REGION/);
  });
});

describe('forge doctor --aws', () => {
  const aws = (env: Record<string, string>) => doctor({ env }, ['--aws']);

  it('takes credentials, region and quotas from where the AWS tools have them', async () => {
    const { of } = await aws(awsMachine('echo 8.0'));
    expect(of('aws credentials')).toMatchObject({ status: 'ok' });
    expect(of('aws region')).toMatchObject({ status: 'ok', found: 'eu-central-1' });
    expect(of('aws gpu quota')).toMatchObject({ status: 'ok', found: '8 vCPUs on demand, 8 vCPUs Spot' });
  });

  it('fails where there is no credential, and asks nobody then', async () => {
    const { exitCode, of } = await aws({ HOME: freshFolder(), AWS_REGION: 'us-east-1' });
    expect(exitCode).toBe(7);
    expect(of('aws credentials')).toMatchObject({ status: 'fail' });
    expect(of('aws gpu quota')).toBeUndefined();
  });

  it.each([
    ['a quota of no GPUs', 'echo 0.0', {}, 'aws gpu quota', /Service Quotas/],
    ['a refusal', 'echo "ExpiredToken" >&2; exit 255', {}, 'aws gpu quota', /get-caller-identity/],
    ['a region that is none', 'echo 8', { AWS_REGION: 'Frankfurt' }, 'aws region', /AWS_REGION/],
    ['no region for the profile', 'echo 8', { AWS_PROFILE: 'work' }, 'aws region', /AWS_REGION/],
  ])('fails over %s', async (_, answer, env, name, fix) => {
    const { exitCode, of } = await aws({ ...awsMachine(answer), ...env });
    expect(exitCode).toBe(7);
    expect(of(name)).toMatchObject({ status: 'fail', fix: expect.stringMatching(fix) });
  });

  it('cannot look up the quota without the aws command, and says so', async () => {
    const { of } = await aws({ ...awsMachine('echo 8'), PATH: freshFolder() });
    expect(of('aws gpu quota')).toMatchObject({
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
    const { stdout, stderr } = await forge(['doctor', '--aws'], { env });
    expect(stdout + stderr).not.toMatch(/canary/);
    expect(stdout).toMatch(/ok +aws credentials +AWS_ACCESS_KEY_ID in the environment/);
  });
});
