/** `forge keys` and `forge audit` against the API itself. */
import { getRequestListener } from '@hono/node-server';
import { type ApiWorld, apiWorld } from '../functions/api-world.ts';
import { cleanUp, forge, serveHttp } from './cli-harness.ts';
import { answerOf } from './output-schemas.ts';

let world: ApiWorld;
let endpoint: string;
beforeEach(async () => {
  world = apiWorld();
  endpoint = await serveHttp(getRequestListener(world.app.fetch));
});
afterEach(cleanUp);

const run = (words: readonly string[], as = 'admin') =>
  forge([...words, '--endpoint', endpoint], { env: { FORGE_TOKEN: as } });

describe('forge keys', () => {
  it('prints a new key and nothing else on stdout, lists it without its secret, and revokes it', async () => {
    const made = await run(['keys', 'create', 'laptop', '--role', 'viewer']);
    expect([made.exitCode, made.stdout]).toEqual([
      0,
      expect.stringMatching(/^forge_default\.\w{26}_\w{64}\n$/),
    ]);
    expect(made.stderr).toContain('only time');
    const [, id = '', secret = ''] = /\.(\w{26})_(\w{64})/.exec(made.stdout) ?? [];
    const listed = await run(['keys', 'list']);
    expect(listed.stdout).toMatch(new RegExp(`${id} +laptop +viewer +until .* never +local`));
    expect(listed.stdout).not.toContain(secret);
    const revoked = await run(['keys', 'revoke', id, '--yes']);
    expect([revoked.exitCode, revoked.stdout]).toEqual([0, `laptop (${id}) is revoked\n`]);
    expect((await run(['keys', 'list'])).stdout).toContain('revoked 2026-03-01');
  });

  it('makes a key that never expires when it is asked to, and prints all as JSON', async () => {
    const made = await run(['keys', 'create', 'ci', '--no-expires', '--json']);
    const body = JSON.parse(made.stdout);
    expect(answerOf('POST /v1/keys').safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ name: 'ci', role: 'runner', expiresAt: null });
    const listed = JSON.parse((await run(['keys', 'list', '--json'])).stdout);
    expect(answerOf('GET /v1/keys').safeParse(listed).error).toBeUndefined();
  });

  it('says 4 to who is no admin, 5 for a key that is not there, 2 for a role that is none', async () => {
    const codes = [
      await run(['keys', 'list'], 'maintainer'),
      await run(['keys', 'revoke', 'nobodys', '--yes']),
      await run(['keys', 'create', 'x', '--role', 'owner']),
    ].map(({ exitCode }) => exitCode);
    expect(codes).toEqual([4, 5, 2]);
  });
});

describe('forge audit list', () => {
  it('shows who did what to what, newest first', async () => {
    await run(['keys', 'create', 'laptop']);
    await run(['keys', 'create', 'mine'], 'viewer');
    const { stdout } = await run(['audit', 'list']);
    const [, refused = '', done = ''] = stdout.split('\n');
    expect(refused).toMatch(/viewer +viewer +POST \/v1\/keys +\/v1\/keys +refused: role_required/);
    expect(done).toMatch(/local +admin +POST \/v1\/keys +key \w{26} +done/);
    const json = JSON.parse((await run(['audit', 'list', '--json'])).stdout);
    expect(answerOf('GET /v1/audit').safeParse(json).error).toBeUndefined();
  });
});

describe('forge quotas', () => {
  it('shows what is used, changes what is named and keeps the rest, and takes a limit away', async () => {
    expect((await run(['quotas', 'get'], 'viewer')).stdout).toMatch(/concurrent runs +0 +any/);
    const set = await run(['quotas', 'set', '--concurrent-runs', '3', '--stored-bytes', '2GB']);
    expect([set.exitCode, set.stdout]).toEqual([0, expect.stringMatching(/concurrent runs +0 +3\n/)]);
    await run(['quotas', 'set', '--concurrent-runs', 'any', '--gpu-hours-per-month', '1.5']);
    const body = JSON.parse((await run(['quotas', 'get', '--json'])).stdout);
    expect(answerOf('GET /v1/quotas').safeParse(body).error).toBeUndefined();
    expect(body.limits).toEqual({
      requestsPerMinute: null,
      concurrentRuns: null,
      gpuHoursPerMonth: 1.5,
      storedBytes: 2e9,
      uploadBytes: null,
    });
  });

  it('says 4 to who is no admin and 2 for a size that is none', async () => {
    const codes = [
      await run(['quotas', 'set', '--concurrent-runs', '3'], 'maintainer'),
      await run(['quotas', 'set', '--upload-bytes', 'much']),
    ].map(({ exitCode }) => exitCode);
    expect(codes).toEqual([4, 2]);
  });
});
