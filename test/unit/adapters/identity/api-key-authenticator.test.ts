/** API keys: the whole key and nothing else opens, until it expires or is revoked. */
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { endKey, makeKey } from '#core/application/commands/change-key.ts';
import { parseKey } from '#core/domain/api-key.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';

const DAY_MS = 86_400_000;
let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const ask = (text: string, options = {}) =>
  apiKeyAuthenticator(ports, options).authenticate({ authorization: `Bearer ${text}` });
const make = (expiresInDays: number | null = null) =>
  makeKey(ports, ADMIN, { name: 'laptop', role: 'runner', expiresInDays });

describe('an API key', () => {
  it('acts for its tenant in its role, under its id', async () => {
    const { key, text } = await make();
    expect(text).toMatch(/^forge_default\.[0-9A-Z]{26}_[0-9a-f]{64}$/);
    expect(await ask(text)).toEqual({ tenant: 'default', role: 'runner', subject: `key/${key.id}` });
  });

  it('is kept as a hash: the store has no part of its secret', async () => {
    const { key, text } = await make();
    const { secret } = parseKey(text) ?? { secret: '' };
    const kept = JSON.stringify([...ports.store.tables.keys]);
    expect(kept).toContain(key.secretHash);
    for (const part of [secret, secret.slice(0, 16), secret.slice(-16)]) expect(kept).not.toContain(part);
  });

  it.each<[string, (text: string) => string]>([
    ['another secret', (text) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['another tenant', (text) => text.replace('forge_default', 'forge_other')],
    ['another id', (text) => text.replace(/\.\w{26}/, '.01ARZ3NDEKTSV4RRFFQ69G5FAV')],
    ['half of its secret', (text) => text.slice(0, -32)],
    [
      'its hash for a secret',
      (text) =>
        `${text.split('_').slice(0, -1).join('_')}_${[...ports.store.tables.keys.values()][0]?.secretHash}`,
    ],
    ['something behind it', (text) => `${text}0`],
    ['no secret', (text) => text.slice(0, -64)],
  ])('with %s is refused, and all of them alike', async (_what, change) => {
    const { text } = await make();
    await expect(ask(change(text))).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'invalid_token',
      message: 'The token is not valid here.',
    });
  });

  it('that has expired says so, to its holder only', async () => {
    const { text } = await make(1);
    ports.advance(DAY_MS + 1000);
    await expect(ask(text)).rejects.toMatchObject({ code: 'expired_token' });
    await expect(ask(text.replace(/.{4}$/, '0000'))).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('that was revoked is refused at once, or after the time for which it is believed', async () => {
    const { key, text } = await make();
    const authenticator = apiKeyAuthenticator(ports, { cacheSeconds: 30 });
    const authorization = `Bearer ${text}`;
    await authenticator.authenticate({ authorization });
    await endKey(ports, ADMIN, key.id);
    await expect(ask(text)).rejects.toMatchObject({ code: 'invalid_token' });
    await expect(authenticator.authenticate({ authorization })).resolves.toMatchObject({ role: 'runner' });
    ports.advance(31_000);
    await expect(authenticator.authenticate({ authorization })).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('is marked as used once a day, whatever the number of requests', async () => {
    const { key, text } = await make();
    const versionAfter = async (requests: number) => {
      await Promise.all(Array.from({ length: requests }, () => ask(text)));
      const found = await ports.keys.get('default', key.id);
      return [found?.lastUsedOn, found?.recordVersion];
    };
    expect(await versionAfter(5)).toEqual(['2026-03-01', 2]);
    expect(await versionAfter(5)).toEqual(['2026-03-01', 2]);
    ports.advance(DAY_MS);
    expect(await versionAfter(1)).toEqual(['2026-03-02', 3]);
  });
});
