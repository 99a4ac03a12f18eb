/** One authenticator decides, picked by the form of what was sent; a signature counts only after the gateway's check. */
import { Hono } from 'hono';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { gatewayAuthenticator } from '#adapters/identity/gateway-authenticator.ts';
import { localTokenAuthenticator } from '#adapters/identity/local-token-authenticator.ts';
import type { ApiEnvironment } from '#functions/api/environment.ts';
import { gatewayCaller } from '#functions/api/gateway-caller.ts';

const ROLE = 'arn:aws:iam::123456789012:role/teams/forge-runner';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/forge-runner/laptop';
const SIGNED = 'AWS4-HMAC-SHA256 Credential=AKIA/20260301/eu-west-1/execute-api/aws4_request, Signature=00';
const callers = [
  { arn: ROLE, tenant: 'acme', role: 'runner' as const },
  { arn: 'arn:aws:iam::123456789012:user/ada', tenant: 'acme', role: 'admin' as const },
];
const chain = authenticatorChain([gatewayAuthenticator(callers), localTokenAuthenticator('a'.repeat(64))]);

describe('a chain of authenticators', () => {
  it.each([undefined, ''])('says that nothing was sent: %p', async (authorization) => {
    await expect(chain.authenticate({ authorization })).rejects.toMatchObject({ code: 'missing_token' });
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'Digest x', `Bearer ${'b'.repeat(64)}`, 'AWS4-HMAC-SHA256'])(
    'refuses what nobody reads, and a token that is wrong: %s',
    async (authorization) => {
      await expect(chain.authenticate({ authorization })).rejects.toMatchObject({
        kind: 'unauthenticated',
        code: 'invalid_token',
      });
    },
  );

  it('reads the token of a home', async () => {
    const authorization = `bearer ${'a'.repeat(64)}`;
    expect(await chain.authenticate({ authorization })).toMatchObject({ subject: 'local' });
  });
});

describe('a signed request', () => {
  it.each([
    ['a session of a role', SESSION, 'runner'],
    ['a user', 'arn:aws:iam::123456789012:user/ada', 'admin'],
  ])('of %s acts for the tenant and role that are configured', async (_who, callerArn, role) => {
    const principal = await chain.authenticate({ authorization: SIGNED, callerArn });
    expect(principal).toEqual({ tenant: 'acme', role, subject: callerArn });
  });

  it.each([
    'arn:aws:sts::999999999999:assumed-role/forge-runner/laptop',
    'arn:aws:sts::123456789012:assumed-role/forge-runner-2/laptop',
    'arn:aws-cn:sts::123456789012:assumed-role/forge-runner/laptop',
    'arn:aws:iam::123456789012:root',
  ])('of an identity that nobody has configured: 403 for %s', async (callerArn) => {
    await expect(chain.authenticate({ authorization: SIGNED, callerArn })).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'caller_not_mapped',
    });
  });

  it('that no gateway has verified is only text: 401', async () => {
    await expect(chain.authenticate({ authorization: SIGNED })).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('cannot be configured for one role twice', () => {
    const twice = [
      ...callers,
      { arn: 'arn:aws:iam::123456789012:role/forge-runner', tenant: 'b', role: 'admin' as const },
    ];
    expect(() => gatewayAuthenticator(twice)).toThrow(RangeError);
  });

  it('is known by the event of the gateway alone, whatever its headers say', async () => {
    const app = new Hono<ApiEnvironment>();
    app.get('/', (context) => context.text(String(gatewayCaller(context))));
    const caller = async (bindings: object) =>
      (await app.request('/', { headers: { 'x-caller-arn': ROLE } }, bindings)).text();
    const iam = { requestContext: { authorizer: { iam: { userArn: SESSION } } } };
    expect(await caller({ event: iam })).toBe(SESSION);
    expect(await caller({ event: { requestContext: { identity: { userArn: SESSION } } } })).toBe(SESSION);
    expect(await caller({ event: { requestContext: { identity: { userArn: null } } } })).toBe('undefined');
    expect(await caller({})).toBe('undefined');
  });
});
