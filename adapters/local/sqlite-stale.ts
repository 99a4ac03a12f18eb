/** What a conditional write says when its condition does not hold. */
import { ForgeError } from '#core/domain/errors.ts';

export function stale(what: string, expected: number | null): ForgeError {
  if (expected === null) return new ForgeError('conflict', `${what} exists already.`, { code: 'exists' });
  return new ForgeError('conflict', `${what} is no longer at version ${expected}.`, {
    code: 'stale_version',
    hint: 'Read it again and repeat the change.',
  });
}
