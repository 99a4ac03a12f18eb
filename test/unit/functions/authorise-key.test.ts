/** What the gateway is told about an API key before it passes a request on. */
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { endKey, makeKey } from '#core/application/commands/change-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { createAuthoriseKey } from '#functions/authorise-key/authorise-key.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';

let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

/** An event of an HTTP API, payload format 2.0, as far as the function reads it, and something that it does not. */
const question = (...identitySource: string[]) => ({
  version: '2.0',
  type: 'REQUEST',
  routeArn: 'arn:aws:execute-api:us-east-1:111122223333:abc/$default/GET/v1/runs',
  identitySource,
  headers: { authorization: 'Bearer of something else' },
});

/** Without a registry, as the function is deployed: it may not write. */
const ask = (event: unknown) => {
  const { keys, clock, hasher } = ports;
  return createAuthoriseKey({ authenticator: apiKeyAuthenticator({ keys, clock, hasher }) })(event);
};
const make = () => makeKey(ports, ADMIN, { name: 'ci', role: 'runner', expiresInDays: 1 });

describe('the function that the gateway asks about a key', () => {
  it('lets a key that is valid pass, and marks nothing', async () => {
    const { key, text } = await make();
    expect(await ask(question(`Bearer ${text}`))).toEqual({ isAuthorized: true });
    expect(await ports.keys.get('default', key.id)).toEqual(key);
  });

  it('lets nobody pass whose key has expired or was revoked', async () => {
    const [revoked, old] = [await make(), await make()];
    await endKey(ports, ADMIN, revoked.key.id);
    expect(await ask(question(`Bearer ${revoked.text}`))).toEqual({ isAuthorized: false });
    expect(await ask(question(`Bearer ${old.text}`))).toEqual({ isAuthorized: true });
    ports.advance(2 * 86_400_000);
    expect(await ask(question(`Bearer ${old.text}`))).toEqual({ isAuthorized: false });
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['an empty header', ['']],
    ['another scheme', ['Basic Zm9yZ2U6Zm9yZ2U=']],
    ['a token of a person', ['Bearer e30.e30.e30']],
    ['a key of nobody', [`Bearer forge_default.01ARZ3NDEKTSV4RRFFQ69G5FAV_${'0'.repeat(64)}`]],
    ['a tenant that would leave its keys', [`Bearer forge_a#b.01ARZ3NDEKTSV4RRFFQ69G5FAV_${'0'.repeat(64)}`]],
  ])('lets nobody pass who sends %s, without failing', async (_what, source) => {
    expect(await ask(question(...source))).toEqual({ isAuthorized: false });
  });

  it('fails where nobody can say, so that the gateway keeps no answer', async () => {
    const authenticate = async () => {
      throw new ForgeError('dependency', 'The table does not answer.', { code: 'table_unavailable' });
    };
    await expect(
      createAuthoriseKey({ authenticator: { authenticate } })(question('Bearer x')),
    ).rejects.toThrow('The table does not answer.');
  });
});
