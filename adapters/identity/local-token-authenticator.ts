/** The one bearer token of a home, compared in constant time. */
import { timingSafeEqual } from 'node:crypto';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { ChainedAuthenticator } from './authenticator-chain.ts';
import { bearerToken, refused } from './refused-credentials.ts';

const FORM = /^[0-9a-f]{64}$/;

export function localTokenAuthenticator(token: string): ChainedAuthenticator {
  const expected = Buffer.from(token);
  return {
    accepts: ({ authorization }) => FORM.test(bearerToken(authorization) ?? ''),
    async authenticate({ authorization }) {
      const given = Buffer.from(bearerToken(authorization) ?? '');
      if (given.length === expected.length && timingSafeEqual(given, expected)) return LOCAL_PRINCIPAL;
      throw refused(authorization ? 'invalid_token' : 'missing_token');
    },
  };
}
