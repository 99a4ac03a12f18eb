/** The tokens of an Amazon Cognito user pool: access tokens name their client in `client_id` and have no `aud`. */
import type { JwtSettings } from './jwt-authenticator.ts';

export interface CognitoPool {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
}

/**
 * Tenant and role come from groups, `tenant:acme:runner`: access tokens carry those without a trigger, and a user can
 * neither join one nor write its name, as one may write attributes of one's own.
 */
export function cognitoSettings({ region, userPoolId, clientIds }: CognitoPool): JwtSettings {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  return {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    audience: clientIds,
    algorithms: ['RS256'],
    claims: { audience: 'client_id', groups: 'cognito:groups' },
    required: { token_use: 'access' },
  };
}
