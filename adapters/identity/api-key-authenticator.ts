/** API keys: looked up under the tenant that stands in them, compared in constant time, marked as used once a day. */
import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, parseKey } from '#core/domain/api-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Clock, Hasher } from '#core/ports/clock.ts';
import type { KeyReader } from '#core/ports/key-reader.ts';
import type { RegistryWriter } from '#core/ports/registry-writer.ts';
import type { ChainedAuthenticator } from './authenticator-chain.ts';
import { bearerToken, refused } from './refused-credentials.ts';

export interface KeyPorts {
  readonly keys: KeyReader;
  /** Where the day of a key's last use is marked. @default nowhere */
  readonly registry?: RegistryWriter;
  readonly clock: Clock;
  readonly hasher: Hasher;
}

export interface KeyOptions {
  /** How long a key that was read is believed: a revocation takes effect elsewhere so much later. @default 0 */
  readonly cacheSeconds?: number;
}

const MOST_KEPT = 1000;

export function apiKeyAuthenticator(
  ports: KeyPorts,
  { cacheSeconds = 0 }: KeyOptions = {},
): ChainedAuthenticator {
  const { clock, hasher } = ports;
  const find = keptFor(cacheSeconds, ports);
  return {
    accepts: ({ authorization }) => bearerToken(authorization)?.startsWith('forge_') ?? false,
    async authenticate({ authorization }) {
      const given = parseKey(bearerToken(authorization) ?? '');
      if (!given) throw refused('invalid_token');
      const { tenant, id, secret } = given;
      const key = await find(tenant, id);
      const hash = Buffer.from(hasher.sha256(secret));
      // Compared also where there is no key, so that the time tells nothing.
      const same = timingSafeEqual(hash, Buffer.from(key?.secretHash ?? '0'.repeat(hash.length)));
      if (!key || !same || key.revokedAt !== null) throw refused('invalid_token');
      const now = clock.now().toISOString();
      if (key.expiresAt !== null && key.expiresAt <= now) throw refused('expired_token');
      if (ports.registry) await markUsed(ports.registry, key, now.slice(0, 10));
      return { tenant, role: key.role, subject: `key/${key.id}` };
    },
  };
}

function keptFor(seconds: number, { keys, clock }: KeyPorts): KeyReader['get'] {
  const kept = new Map<string, { readonly key: ApiKey; readonly until: number }>();
  if (seconds === 0) return (tenant, id) => keys.get(tenant, id);
  return async (tenant, id) => {
    const now = clock.now().getTime();
    const known = kept.get(`${tenant}/${id}`);
    if (known && known.until > now) return known.key;
    const key = await keys.get(tenant, id);
    if (kept.size >= MOST_KEPT) kept.clear();
    if (key) kept.set(`${tenant}/${id}`, { key, until: now + seconds * 1000 });
    return key;
  };
}

/** Whoever lost a race was not the only one to use it today: the other one has said so. */
async function markUsed(registry: RegistryWriter, key: ApiKey, today: string): Promise<void> {
  if (key.lastUsedOn !== null && key.lastUsedOn >= today) return;
  const used: ApiKey = { ...key, lastUsedOn: today, recordVersion: key.recordVersion + 1 };
  try {
    await registry.commit(key.tenant, [{ kind: 'key', key: used, expected: key.recordVersion }]);
  } catch (error) {
    if (!(error instanceof ForgeError && error.kind === 'conflict')) throw error;
  }
}
