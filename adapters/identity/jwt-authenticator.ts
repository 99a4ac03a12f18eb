/** JSON Web Tokens of an OpenID provider: RFC 7519 by the keys that the provider publishes (RFC 7517). */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ForgeError } from '#core/domain/errors.ts';
import type { Role } from '#core/domain/principal.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { ChainedAuthenticator } from './authenticator-chain.ts';
import { type ClaimNames, type Claims, claimedPrincipal, isMeantFor } from './claimed-principal.ts';
import { bearerToken, refused } from './refused-credentials.ts';

/** With these a public key only verifies. A secret that both sides know, or no signature, is never accepted. */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const SKEW_SECONDS = 60;
const MAX_TOKEN_CHARACTERS = 8192;

export interface JwtSettings {
  readonly issuer: string;
  readonly jwksUri: string;
  /** The token has to be meant for one of these. */
  readonly audience: readonly string[];
  /** @default RS256 and ES256 */
  readonly algorithms?: readonly string[];
  /** @default `sub`, `aud`, `tenant`, `groups` */
  readonly claims?: Partial<ClaimNames>;
  /** Group → role. @default groups that name tenant and role both, as `tenant:acme:runner` */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Claims that have to have exactly this value, such as `token_use`. @default none */
  readonly required?: Readonly<Record<string, string>>;
  /** How long the provider's keys are kept. @default 600 */
  readonly cacheSeconds?: number;
  /** After a fetch, how long an unknown key is refused without another one. @default 30 */
  readonly coolDownSeconds?: number;
  /** @default 5 */
  readonly timeoutSeconds?: number;
}

const CLAIM_NAMES: ClaimNames = { subject: 'sub', audience: 'aud', tenant: 'tenant', groups: 'groups' };

/** `header.payload.signature` in base64url; an unsigned token ends with the second dot. */
const FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export function jwtAuthenticator(settings: JwtSettings, clock: Clock): ChainedAuthenticator {
  const { issuer, audience, required = {}, roles } = settings;
  const algorithms = allowedAlgorithms(settings.algorithms);
  const names = { ...CLAIM_NAMES, ...settings.claims };
  const keys = publishedKeys(settings);
  return {
    accepts({ authorization }) {
      const token = bearerToken(authorization);
      return token !== null && !token.startsWith('forge_') && FORM.test(token);
    },
    async authenticate({ authorization }) {
      const token = bearerToken(authorization);
      if (token === null) throw refused('missing_token');
      if (token.length > MAX_TOKEN_CHARACTERS) throw refused('invalid_token');
      const options = { algorithms, issuer, clockTolerance: SKEW_SECONDS, requiredClaims: ['exp'] };
      const claims = await verify(token, keys, { ...options, currentDate: clock.now() });
      const meant = isMeantFor(claims[names.audience], audience);
      const asRequired = Object.entries(required).every(([claim, value]) => claims[claim] === value);
      if (!meant || !asRequired) throw refused('invalid_token');
      return claimedPrincipal(claims, { names, roles });
    },
  };
}

function allowedAlgorithms(wanted: readonly string[] = ['RS256', 'ES256']): string[] {
  const wrong = wanted.filter((each) => !ASYMMETRIC.includes(each));
  if (wanted.length > 0 && wrong.length === 0) return [...wanted];
  throw new RangeError(`algorithms are [${wanted}], expected some of ${ASYMMETRIC.join(', ')}`);
}

/** Fetched when first needed, kept, and fetched once more for a key that is not among them. */
function publishedKeys({ jwksUri, ...limits }: JwtSettings): JWTVerifyGetKey {
  const { cacheSeconds = 600, coolDownSeconds = 30, timeoutSeconds = 5 } = limits;
  const keys = createRemoteJWKSet(new URL(jwksUri), {
    cacheMaxAge: cacheSeconds * 1000,
    cooldownDuration: coolDownSeconds * 1000,
    timeoutDuration: timeoutSeconds * 1000,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const aboutTheToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (aboutTheToken) throw error;
      throw new ForgeError('dependency', 'The keys of the identity provider cannot be fetched.', {
        code: 'identity_provider_unavailable',
        retryAfterSeconds: 5,
        cause: error,
      });
    }
  };
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  options: Parameters<typeof jwtVerify>[2],
): Promise<Claims> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof ForgeError) throw error;
    throw refused(error instanceof errors.JWTExpired ? 'expired_token' : 'invalid_token', error);
  }
}
