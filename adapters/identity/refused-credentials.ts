/** The reason classes of a 401. Which part of a credential was wrong is nobody's business but its owner's. */
import { ForgeError } from '#core/domain/errors.ts';

const REASONS = {
  missing_token: 'No token was sent.',
  invalid_token: 'The token is not valid here.',
  expired_token: 'The token has expired.',
} as const;

export type RefusalReason = keyof typeof REASONS;

const HINT =
  'Send Authorization: Bearer with an access token, an API key (forge keys create) or, on this machine, the content of the file `token` in FORGE_HOME.';

export function refused(code: RefusalReason, cause?: unknown): ForgeError {
  return new ForgeError('unauthenticated', REASONS[code], { code, hint: HINT, cause });
}

const BEARER = /^Bearer +(\S+)$/i;

/** The token of a `Bearer` header; null for every other header. */
export function bearerToken(authorization: string | undefined): string | null {
  return BEARER.exec(authorization ?? '')?.[1] ?? null;
}
