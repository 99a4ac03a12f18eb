/** Makes and revokes API keys. The secret leaves with the answer of its creation and is nowhere else. */
import { type ApiKey, keyPrefix, noSuchKey, revokeKey, SECRET_BYTES } from '../../domain/api-key.ts';
import { isUlid, makeUlid, type Ulid } from '../../domain/ids.ts';
import { type Principal, type Role, requireRole } from '../../domain/principal.ts';
import type { Ports } from '../../ports/ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface KeyToMake {
  readonly name: string;
  readonly role: Role;
  /** Null: it never expires. */
  readonly expiresInDays: number | null;
}

export interface MadeKey {
  readonly key: ApiKey;
  /** The whole key: to be shown once. */
  readonly text: string;
}

export async function makeKey(
  ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'hasher'>,
  principal: Principal,
  { name, role, expiresInDays }: KeyToMake,
): Promise<MadeKey> {
  requireRole(principal, 'admin');
  const { tenant, subject } = principal;
  const now = ports.clock.now();
  const id = makeUlid(now, ports.entropy.bytes(10));
  const secret = Array.from(ports.entropy.bytes(SECRET_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  const expiresAt =
    expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * DAY_MS).toISOString();
  const key: ApiKey = {
    schemaVersion: 1,
    tenant,
    id,
    prefix: keyPrefix(tenant, id),
    name,
    role,
    secretHash: ports.hasher.sha256(secret),
    createdAt: now.toISOString(),
    createdBy: subject,
    expiresAt,
    revokedAt: null,
    revokedBy: null,
    lastUsedOn: null,
    recordVersion: 1,
  };
  await ports.registry.commit(tenant, [{ kind: 'key', key, expected: null }]);
  return { key, text: `${key.prefix}_${secret}` };
}

/** Repeated, it changes nothing and is no error. */
export async function endKey(
  ports: Pick<Ports, 'keys' | 'registry' | 'clock'>,
  principal: Principal,
  id: Ulid,
): Promise<ApiKey> {
  requireRole(principal, 'admin');
  const found = isUlid(id) ? await ports.keys.get(principal.tenant, id) : null;
  if (!found) throw noSuchKey(id);
  const revoked = revokeKey(found, principal.subject, ports.clock.now().toISOString());
  if (revoked === found) return found;
  await ports.registry.commit(principal.tenant, [
    { kind: 'key', key: revoked, expected: found.recordVersion },
  ]);
  return revoked;
}
