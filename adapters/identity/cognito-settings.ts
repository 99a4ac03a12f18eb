/** The tokens of an Amazon Cognito user pool: access tokens name their client in `client_id` and have no `aud`. */
import { ROLES, type Role } from '#core/domain/principal.ts';
import type { JwtSettings } from './jwt-authenticator.ts';

export interface CognitoPool {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  /** The claim that the pool's pre-token trigger adds. @default `custom:tenant` */
  readonly tenantClaim?: string;
  /** The tenant of everybody, for a pool without that trigger. */
  readonly tenant?: string;
  /** Group → role. @default groups that are called as the roles are */
  readonly roles?: Readonly<Record<string, Role>>;
}

const BY_NAME: Readonly<Record<string, Role>> = Object.fromEntries(ROLES.map((role) => [role, role]));

export function cognitoSettings(pool: CognitoPool): JwtSettings {
  const { region, userPoolId, clientIds, tenantClaim = 'custom:tenant', tenant, roles = BY_NAME } = pool;
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  return {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    audience: clientIds,
    algorithms: ['RS256'],
    claims: { audience: 'client_id', tenant: tenantClaim, groups: 'cognito:groups' },
    required: { token_use: 'access' },
    roles,
    ...(tenant === undefined ? {} : { tenant }),
  };
}
