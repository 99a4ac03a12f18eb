/** Tokens of a real provider on loopback: the honest ones are taken, every known forgery is refused. */
import { generateKeyPair } from 'jose';
import { cognitoSettings } from '#adapters/identity/cognito-settings.ts';
import { type JwtSettings, jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import {
  type IdentityProvider,
  identityProvider,
  signed,
  unsigned,
} from '#test/support/identity-provider.ts';

/** As an attacker writes them: any value under any name, undefined leaves the claim out. */
type Claims = Readonly<Record<string, unknown>>;

const NOW = new Date('2026-03-01T12:00:00.000Z');
const SECONDS = NOW.getTime() / 1000;
let provider: IdentityProvider;

beforeAll(async () => {
  provider = await identityProvider();
});
afterAll(() => provider.close());
afterEach(() => provider.answer(null));

const settings = (change: Partial<JwtSettings> = {}): JwtSettings => ({
  issuer: provider.issuer,
  jwksUri: provider.jwksUri,
  audience: ['forge'],
  roles: { readers: 'viewer', builders: 'maintainer' },
  ...change,
});

const claims = (change: Claims = {}): Claims => ({
  iss: provider.issuer,
  aud: 'forge',
  sub: 'ada',
  exp: SECONDS + 600,
  tenant: 'acme',
  groups: ['readers', 'builders', 'strangers'],
  ...change,
});

function ask(token: string, change: Partial<JwtSettings> = {}) {
  const authenticator = jwtAuthenticator(settings(change), { now: () => NOW });
  return authenticator.authenticate({ authorization: `Bearer ${token}` });
}

const refusal = (code: string) => ({ kind: 'unauthenticated', code });

describe('a token', () => {
  it('becomes the principal that it names, with the strongest of its roles', async () => {
    const principal = await ask(await signed(provider.key, claims()));
    expect(principal).toEqual({ tenant: 'acme', role: 'maintainer', subject: 'user/ada' });
  });

  it.each<[string, number, number]>([
    ['that has expired within a minute', -59, -600],
    ['that is valid from within a minute on', 600, 59],
  ])('%s is taken: clocks differ', async (_what, exp, nbf) => {
    const token = await signed(provider.key, claims({ exp: SECONDS + exp, nbf: SECONDS + nbf }));
    await expect(ask(token)).resolves.toMatchObject({ tenant: 'acme' });
  });

  it.each<[string, string, Claims]>([
    ['that has expired more than a minute ago', 'expired_token', { exp: SECONDS - 61 }],
    ['that is not valid yet', 'invalid_token', { nbf: SECONDS + 61 }],
    ['that never expires', 'invalid_token', { exp: undefined }],
    ['of another issuer', 'invalid_token', { iss: 'https://evil.test' }],
    ['without an issuer', 'invalid_token', { iss: undefined }],
    ['for somebody else', 'invalid_token', { aud: 'other' }],
    ['for several others', 'invalid_token', { aud: ['other', 'another'] }],
    ['for nobody', 'invalid_token', { aud: undefined }],
    ['of nobody', 'invalid_token', { sub: undefined }],
    ['of somebody with a line break', 'invalid_token', { sub: 'a\nb' }],
    ['of no tenant', 'invalid_token', { tenant: undefined }],
    ['of a tenant that would leave its keys', 'invalid_token', { tenant: 'acme#other' }],
    ['of a tenant that is empty', 'invalid_token', { tenant: '' }],
    ['of a tenant that is a list', 'invalid_token', { tenant: ['acme'] }],
  ])('%s is refused: %s', async (_what, code, change) => {
    await expect(ask(await signed(provider.key, claims(change)))).rejects.toMatchObject(refusal(code));
  });

  it('of somebody who is in no group with a role: 403, not 401', async () => {
    for (const groups of [undefined, [], ['strangers'], ['constructor'], 7]) {
      const asked = ask(await signed(provider.key, claims({ groups })));
      await expect(asked).rejects.toMatchObject({ kind: 'forbidden', code: 'role_required' });
    }
  });

  it('says the same of every forgery: nothing tells which part was wrong', async () => {
    const wrong = [claims({ aud: 'other' }), claims({ iss: 'x' }), claims({ tenant: '' })];
    const answers = await Promise.all(
      wrong.map(async (each) => ask(await signed(provider.key, each)).catch((error: Error) => error.message)),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

describe('a forged token', () => {
  it.each(['none', 'None', 'NONE', ''])('without a signature, algorithm "%s", is refused', async (alg) => {
    await expect(ask(unsigned(claims(), alg))).rejects.toMatchObject(refusal('invalid_token'));
  });

  it('that is signed with the public key as if it were a secret is refused', async () => {
    const secret = new TextEncoder().encode(provider.publicPem);
    const token = await signed(secret, claims(), { alg: 'HS256' });
    await expect(ask(token)).rejects.toMatchObject(refusal('invalid_token'));
  });

  it('of another key under a known name is refused', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await signed(privateKey, claims());
    await expect(ask(token)).rejects.toMatchObject(refusal('invalid_token'));
  });

  it('whose payload was changed afterwards is refused', async () => {
    const [header, , signature] = (await signed(provider.key, claims())).split('.');
    const [, payload] = unsigned(claims({ tenant: 'victim' }), 'RS256').split('.');
    const asked = ask(`${header}.${payload}.${signature}`);
    await expect(asked).rejects.toMatchObject(refusal('invalid_token'));
  });

  it('by an algorithm that is not on the list is refused, although the key is right', async () => {
    const token = await signed(provider.key, claims());
    await expect(ask(token, { algorithms: ['ES256'] })).rejects.toMatchObject(refusal('invalid_token'));
  });

  it('of more than 8,192 characters is refused before anything of it is read', async () => {
    const before = provider.fetches();
    const token = await signed(provider.key, claims({ padding: 'x'.repeat(8000) }));
    await expect(ask(token)).rejects.toMatchObject(refusal('invalid_token'));
    expect(provider.fetches()).toBe(before);
  });

  it.each(['a.b.c', '..', 'e30.e30.e30', 'e30.e30.', 'bnVsbA.bnVsbA.AA'])(
    'that is no token at all is refused: %s',
    async (text) => {
      await expect(ask(text)).rejects.toMatchObject(refusal('invalid_token'));
    },
  );

  it.each([['HS256'], ['none'], []])('algorithm list [%s] cannot be configured', (...algorithms) => {
    expect(() => jwtAuthenticator(settings({ algorithms }), { now: () => NOW })).toThrow(RangeError);
  });
});

describe("the provider's keys", () => {
  it('are fetched once for many tokens', async () => {
    const authenticator = jwtAuthenticator(settings(), { now: () => NOW });
    const before = provider.fetches();
    const token = await signed(provider.key, claims());
    const asked = Array.from({ length: 20 }, () =>
      authenticator.authenticate({ authorization: `Bearer ${token}` }),
    );
    await Promise.all(asked);
    expect(provider.fetches() - before).toBe(1);
  });

  it('are fetched once more for a name that is new, and then the token is taken', async () => {
    const authenticator = jwtAuthenticator(settings({ coolDownSeconds: 0 }), { now: () => NOW });
    const authorization = `Bearer ${await signed(provider.key, claims())}`;
    await authenticator.authenticate({ authorization });
    const before = provider.fetches();
    const newer = await signed(await provider.rotate('second'), claims(), { kid: 'second' });
    await expect(authenticator.authenticate({ authorization: `Bearer ${newer}` })).resolves.toMatchObject({
      tenant: 'acme',
    });
    expect(provider.fetches() - before).toBe(1);
  });

  it('are not fetched again and again for names that nobody knows', async () => {
    const authenticator = jwtAuthenticator(settings(), { now: () => NOW });
    const before = provider.fetches();
    for (const kid of ['x', 'y', 'z']) {
      const authorization = `Bearer ${await signed(provider.key, claims(), { kid })}`;
      await expect(authenticator.authenticate({ authorization })).rejects.toMatchObject(
        refusal('invalid_token'),
      );
    }
    expect(provider.fetches() - before).toBe(1);
  });

  it.each([
    ['answers 500', { status: 500, body: 'no' }],
    ['answers with something else', { status: 200, body: '<html>' }],
    ['does not answer in time', { status: 200, body: '{}', afterMs: 5000 }],
  ])('that cannot be had because the provider %s: 503, not 401', async (_what, answer) => {
    provider.answer(answer);
    const asked = ask(await signed(provider.key, claims()), { timeoutSeconds: 0.5 });
    await expect(asked).rejects.toMatchObject({
      kind: 'dependency',
      code: 'identity_provider_unavailable',
      retryAfterSeconds: 5,
    });
  });
});

describe('a token of Cognito', () => {
  const pool = { region: 'eu-west-1', userPoolId: 'eu-west-1_abc', clientIds: ['client'] };
  const access = (change: Claims = {}): Claims => ({
    iss: cognitoSettings(pool).issuer,
    sub: 'ada',
    client_id: 'client',
    token_use: 'access',
    'cognito:groups': ['tenant:acme:runner'],
    exp: SECONDS + 600,
    ...change,
  });
  /** The pool as it is configured; its keys come from loopback. */
  const asked = async (change: Claims) => {
    const pooled = { ...cognitoSettings(pool), jwksUri: provider.jwksUri };
    const authorization = `Bearer ${await signed(provider.key, access(change))}`;
    return jwtAuthenticator(pooled, { now: () => NOW }).authenticate({ authorization });
  };

  it('for access names its client, its groups and its tenant', async () => {
    expect(await asked({})).toEqual({ tenant: 'acme', role: 'runner', subject: 'user/ada' });
    expect(cognitoSettings(pool)).toMatchObject({
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc',
      jwksUri: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc/.well-known/jwks.json',
    });
  });

  it('gives the strongest of the roles in one tenant, whatever else its holder is in', async () => {
    const groups = ['tenant:acme:viewer', 'tenant:acme:maintainer', 'staff', 'tenant:acme:owner', 'admin'];
    expect(await asked({ 'cognito:groups': groups })).toMatchObject({ tenant: 'acme', role: 'maintainer' });
  });

  it.each<[string, unknown]>([
    ['of no group', undefined],
    ['of a role without a tenant', ['admin']],
    ['of a tenant without a role', ['tenant:acme']],
    ['of a role that nobody has', ['tenant:acme:constructor']],
    ['of a tenant that would leave its keys', ['tenant:acme#other:admin']],
    ['of a tenant that is empty', ['tenant::admin']],
    ['of more than a role', ['tenant:acme:admin:x', 'x:tenant:acme:admin']],
  ])('%s opens nothing, also not the tenant that it claims', async (_what, groups) => {
    const claimed = { 'cognito:groups': groups, tenant: 'acme', 'custom:tenant': 'acme' };
    await expect(asked(claimed)).rejects.toMatchObject({ kind: 'forbidden', code: 'role_required' });
  });

  it('of two tenants acts for neither', async () => {
    const groups = ['tenant:acme:viewer', 'tenant:other:admin'];
    await expect(asked({ 'cognito:groups': groups })).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'several_tenants',
    });
  });

  it.each<[string, Claims]>([
    ['for identity', { token_use: 'id', aud: 'client' }],
    ['of no use', { token_use: undefined }],
    ['for another client', { client_id: 'other' }],
    ['that has its client in aud only', { client_id: undefined, aud: 'client' }],
  ])('%s is refused', async (_what, change) => {
    await expect(asked(change)).rejects.toMatchObject(refusal('invalid_token'));
  });
});
