/** Bad input about who asks, and about models that may not be relied upon: rows 23, 29, 30 and 31 of the bad inputs. */
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { hostGuard } from '#local/host-guard.ts';
import {
  type IdentityProvider,
  identityProvider,
  signed,
  unsigned,
} from '#test/support/identity-provider.ts';
import { memoryPorts } from '#test/support/memory-ports.ts';
import { toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, DOCUMENT, succeededRun } from './api-world.ts';

const SUBMISSION = { body: DOCUMENT, headers: { 'idempotency-key': 'k' } };

describe('row 23: a model that is promoted', () => {
  let world: ApiWorld;
  beforeEach(async () => {
    world = apiWorld();
    await succeededRun(world);
  });

  const promote = async () => {
    const model = (await world.send('GET', '/v1/models/toy-memory@1?deleted=true')).body;
    const before = world.stored();
    const answer = await world.send('POST', '/v1/models/toy-memory@1/promote', {
      body: { alias: 'best' },
      headers: { 'if-match': `"${model.recordVersion}"` },
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'not_verified']);
    expect(world.stored()).toBe(before);
    return answer.body;
  };
  const change = (method: string, verb: string) =>
    world.send(method, `/v1/models/toy-memory@1${verb}`, {
      ...(method === 'POST' ? { body: { reason: 'why' } } : {}),
      headers: { 'if-match': '"1"' },
    });

  it.each([
    ['quarantined', 'POST', '/quarantine'],
    ['archived', 'POST', '/archive'],
    ['deleted', 'DELETE', '?reason=why'],
  ])(
    'while it is %s: 409 not_verified, with the command that brings it back',
    async (status, method, verb) => {
      expect((await change(method, verb)).body.status).toBe(status);
      const { detail, hint } = await promote();
      expect(detail).toContain(`is ${status}`);
      expect(hint).toContain('forge models restore toy-memory@1 --reason WHY');
    },
  );

  it('with a file that was altered or is missing: 409 not_verified, and the file is named', async () => {
    const [file] = (await world.send('GET', '/v1/models/toy-memory')).body.files;
    const key = contentKey('default', file.sha256);
    world.ports.store.blobs.set(key, new TextEncoder().encode('other bytes'));
    expect((await promote()).detail).toContain(`${file.path} is altered`);
    world.ports.store.blobs.delete(key);
    const { detail, hint } = await promote();
    expect([detail, hint]).toEqual([
      expect.stringContaining(`${file.path} is missing`),
      expect.stringContaining('import the model again'),
    ]);
  });
});

describe('row 29: a token', () => {
  let provider: IdentityProvider;
  let world: ApiWorld;
  beforeAll(async () => {
    provider = await identityProvider();
  });
  afterAll(() => provider.close());
  beforeEach(() => {
    const ports = memoryPorts();
    const settings = {
      issuer: provider.issuer,
      jwksUri: provider.jwksUri,
      audience: ['forge'],
      roles: { readers: 'viewer' },
    } as const;
    const authenticator = authenticatorChain([
      jwtAuthenticator(settings, { now: () => new Date() }),
      apiKeyAuthenticator(ports),
    ]);
    world = apiWorld({}, { authenticator });
  });

  const claims = (change: Readonly<Record<string, unknown>> = {}) => ({
    iss: provider.issuer,
    aud: 'forge',
    sub: 'ada',
    exp: Math.floor(Date.now() / 1000) + 600,
    tenant: 'acme',
    groups: ['readers'],
    ...change,
  });
  const hourAgo = () => Math.floor(Date.now() / 1000) - 3600;
  const ask = (authorization: string | null) =>
    world.send('GET', '/v1/runs', {
      as: '',
      headers: authorization === null ? {} : { authorization },
    });

  it.each<[string, string, () => Promise<string | null>]>([
    ['that is absent', 'missing_token', async () => null],
    [
      'that has expired',
      'expired_token',
      async () => `Bearer ${await signed(provider.key, claims({ exp: hourAgo() }))}`,
    ],
    ['of algorithm none', 'invalid_token', async () => `Bearer ${unsigned(claims(), 'none')}`],
    [
      'for another audience',
      'invalid_token',
      async () => `Bearer ${await signed(provider.key, claims({ aud: 'other' }))}`,
    ],
    [
      'of another issuer',
      'invalid_token',
      async () => `Bearer ${await signed(provider.key, claims({ iss: 'https://elsewhere.example' }))}`,
    ],
    [
      'signed with the public key as a secret',
      'invalid_token',
      async () =>
        `Bearer ${await signed(new TextEncoder().encode(provider.publicPem), claims(), { alg: 'HS256' })}`,
    ],
    ['that is none', 'invalid_token', async () => 'Bearer a.b.c'],
    ['of another scheme', 'invalid_token', async () => 'Basic YTph'],
  ])('%s: 401 with WWW-Authenticate: Bearer error="%s"', async (_what, reason, header) => {
    const answer = await ask(await header());
    expect([answer.status, answer.body.code]).toEqual([401, reason]);
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer error="${reason}"`);
  });

  it('that is right is let in, so that the refusals above are about what was changed', async () => {
    expect((await ask(`Bearer ${await signed(provider.key, claims())}`)).status).toBe(200);
  });

  it('of a viewer starts no run, the other way in included (row 30)', async () => {
    const authorization = `Bearer ${await signed(provider.key, claims())}`;
    const answer = await world.send('POST', '/v1/runs', {
      ...SUBMISSION,
      as: '',
      headers: { ...SUBMISSION.headers, authorization },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });
});

it('row 30: a viewer starts no run: 403 role_required, which names runner, and nothing is written', async () => {
  const world = apiWorld();
  await toyCorpus(world.ports);
  const before = world.stored();
  const answer = await world.send('POST', '/v1/runs', { ...SUBMISSION, as: 'viewer' });
  expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
  expect(answer.body.detail).toContain('runner');
  expect(world.stored()).toBe(before);
  expect((await world.send('POST', '/v1/runs', { ...SUBMISSION, as: 'runner' })).status).toBe(202);
});

describe('row 31: on a server of this machine', () => {
  const ask = (headers: Readonly<Record<string, string>>) =>
    apiWorld({ guards: [hostGuard] }).send('POST', '/v1/runs', {
      ...SUBMISSION,
      headers: { ...SUBMISSION.headers, ...headers },
    });

  it('a request for Host evil.test is misdirected: 421', async () => {
    const answer = await ask({ host: 'evil.test' });
    expect([answer.status, answer.body.code]).toEqual([421, 'misdirected']);
  });

  it('a request from a page of another site is refused: 403 foreign_origin', async () => {
    const answer = await ask({ host: 'localhost:4505', origin: 'https://evil.test' });
    expect([answer.status, answer.body.code]).toEqual([403, 'foreign_origin']);
  });
});
