/** What keys of a blob store look like, whatever lies behind it. */
import { ForgeError } from './errors.ts';

/**
 * Nothing that climbs, is absolute, hides behind a first dot (as half-written files do), or holds a backslash, a percent
 * sign or control characters.
 */
const SAFE_KEY = /^[A-Za-z0-9][\w.@=+-]*(\/[\w@=+-][\w.@=+-]*)*$/;

/** S3's own limit. */
const MAX_LENGTH = 1024;

export function isSafeKey(key: string): boolean {
  return key.length <= MAX_LENGTH && SAFE_KEY.test(key);
}

/** The key; throws `malformed` for one that no store of ours takes. */
export function requireSafeKey(key: string): string {
  if (isSafeKey(key)) return key;
  throw new ForgeError('malformed', `"${key.slice(0, 80)}" is not a key of this store.`, {
    code: 'invalid_key',
    hint: 'Keys are made of letters, digits, . _ - = + @ and single slashes.',
  });
}
