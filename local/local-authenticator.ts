/** The one bearer token of a home, compared in constant time. */
import { timingSafeEqual } from 'node:crypto';
import { ForgeError } from '#core/domain/errors.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';

export function localAuthenticator(token: string): Authenticator {
  const expected = Buffer.from(`Bearer ${token}`);
  return {
    async authenticate(authorization) {
      const given = Buffer.from(authorization ?? '');
      if (given.length === expected.length && timingSafeEqual(given, expected)) return LOCAL_PRINCIPAL;
      throw new ForgeError(
        'unauthenticated',
        authorization ? 'The token is not the one of this server.' : 'No token was sent.',
        {
          code: authorization ? 'invalid_token' : 'missing_token',
          hint: 'Send Authorization: Bearer with the content of the file `token` in FORGE_HOME.',
        },
      );
    },
  };
}
