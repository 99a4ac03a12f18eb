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
    const { stdout } = await forge(['doctor', '--profile', 'aws'], { env: { HOME: freshFolder() } });
    expect(stdout).toMatch(/fail +aws credentials +none\n/);
    expect(stdout).toContain('\naws credentials: Run: aws configure sso, or set AWS_PROFILE.\n');
    expect(stdout).toMatch(/\naws region: Set AWS_REGION/);
  });
});
