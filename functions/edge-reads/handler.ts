/** Entry at an edge runtime that has fetch and Web Crypto: `export default {fetch}`. */
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { cognitoSettings } from '#adapters/identity/cognito-settings.ts';
import { jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import { identitySettings } from '#contracts/source/identity.ts';
import { createEdgeReads } from './edge-reads.ts';

export interface EdgeEnvironment {
  /** Base address of the API. */
  readonly FORGE_ORIGIN: string;
  /** As the API's own: see contracts/source/identity.ts. */
  readonly FORGE_IDENTITY: string;
}

let app: ReturnType<typeof createEdgeReads> | undefined;

function open({ FORGE_ORIGIN, FORGE_IDENTITY }: EdgeEnvironment): ReturnType<typeof createEdgeReads> {
  const { cognito } = identitySettings.parse(JSON.parse(FORGE_IDENTITY));
  const clock = { now: () => new Date() };
  const members = cognito === undefined ? [] : [jwtAuthenticator(cognitoSettings(cognito), clock)];
  return createEdgeReads({ origin: FORGE_ORIGIN, authenticator: authenticatorChain(members), clock });
}

export default {
  fetch(request: Request, environment: EdgeEnvironment): Response | Promise<Response> {
    app ??= open(environment);
    return app.fetch(request);
  },
};
