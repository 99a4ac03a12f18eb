/** The header that makes a repeated creation the same creation. */
import { ForgeError } from '#core/domain/errors.ts';

/** Visible ASCII, as the field's draft standard has it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function requireIdempotencyKey(key: string | undefined): string {
  if (key === undefined) {
    throw new ForgeError('malformed', 'The header Idempotency-Key is missing.', {
      code: 'idempotency_key_required',
      hint: 'Send a fresh key per run, e.g. a UUID; repeat it when you repeat the request.',
    });
  }
  if (IDEMPOTENCY_KEY.test(key)) return key;
  throw new ForgeError(
    'malformed',
    `The Idempotency-Key has ${key.length} characters; expected 1 to 255 of visible ASCII.`,
    {
      code: 'invalid_idempotency_key',
    },
  );
}
