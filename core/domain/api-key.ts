/**
 * API keys: `forge_<tenant>.<id>_<secret>`. The tenant stands in the key, so that a key is looked up under its tenant
 * like every other record. The secret is 256 random bits: nobody can try them out, so a plain SHA-256 of it is as safe
 * to keep as a slow hash would be, and costs a request microseconds.
 */
import { ForgeError } from './errors.ts';
import type { Ulid } from './ids.ts';
import type { Role } from './principal.ts';

export const SECRET_BYTES = 32;

export interface ApiKey {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  /** What the key begins with: enough to know it by, not enough to use it. */
  readonly prefix: string;
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the secret. */
  readonly secretHash: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  /** Day of the last use, UTC; null for a key that was never used. */
  readonly lastUsedOn: string | null;
  readonly recordVersion: number;
}

/** What anybody may see of a key. */
export type ShownKey = Omit<ApiKey, 'secretHash'>;

export function shownKey({ secretHash: _secret, ...shown }: ApiKey): ShownKey {
  return shown;
}

export function keyPrefix(tenant: string, id: Ulid): string {
  return `forge_${tenant}.${id}`;
}

const FORM = /^forge_([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)\.([0-7][0-9A-HJKMNP-TV-Z]{25})_([0-9a-f]{64})$/;

/** The parts of a key; null for a text that is none. */
export function parseKey(
  text: string,
): { readonly tenant: string; readonly id: Ulid; readonly secret: string } | null {
  const [, tenant, id, secret] = FORM.exec(text) ?? [];
  return tenant && id && secret ? { tenant, id, secret } : null;
}

/** Revoking a key that was revoked changes nothing. */
export function revokeKey(key: ApiKey, by: string, at: string): ApiKey {
  if (key.revokedAt !== null) return key;
  return { ...key, revokedAt: at, revokedBy: by, recordVersion: key.recordVersion + 1 };
}

export function noSuchKey(id: string): ForgeError {
  return new ForgeError('not_found', `There is no API key "${id.slice(0, 80)}".`, {
    hint: 'List them with `forge keys list`.',
  });
}
