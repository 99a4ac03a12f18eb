/** forge login, forge logout */
import type { Connection } from '../client/connection.ts';
import type { Context } from '../context.ts';
import { endpointOf } from '../environment.ts';
import { CliError } from '../errors.ts';
import { stackOutputs } from '../infra/stack-outputs.ts';
import { browserAnswer, REDIRECT_URI } from '../login/browser-answer.ts';
import { openBrowser } from '../login/open-browser.ts';
import { newProof, type Proof } from '../login/pkce.ts';
import { findProvider, type Provider, requestTokens, revokeToken } from '../login/provider.ts';
import { forgetSession, keepSession, sessionsFile } from '../login/sessions.ts';

const SCOPES = 'openid email profile';

export interface LoginOptions {
  readonly stage: string;
  readonly browser: boolean;
}

/** The named endpoint, else the site of the stage as it was deployed from this checkout. */
function stageConnection({ io, flags, signal, aborted }: Context, stage: string): Connection {
  const { url, named } = endpointOf(io, flags.endpoint);
  if (named) return { io, flags: { endpoint: url }, signal, aborted };
  const endpoint = io.root === null ? undefined : stackOutputs(io.root, stage)?.SiteUrl;
  if (endpoint) return { io, flags: { endpoint }, signal, aborted };
  throw new CliError('validation', `Stage ${stage} was not deployed from here; its address is unknown.`, {
    code: 'no_endpoint',
    hint: 'Give --endpoint https://… (output SiteUrl of the stack Api), or deploy it: forge infra deploy',
  });
}

const originOf = ({ flags }: Connection): string => new URL(flags.endpoint ?? '').origin;

function signInAddress({ authorizeUrl, clientId }: Provider, { challenge, state }: Proof): string {
  const url = new URL(authorizeUrl);
  const fields = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: SCOPES,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  return url.href;
}

/** Signs a person in by the browser: code with PKCE, answered on this machine. */
export async function login(context: Context, { stage, browser }: LoginOptions): Promise<number> {
  const { io, console } = context;
  const connection = stageConnection(context, stage);
  const provider = await findProvider(connection);
  const proof = newProof();
  const address = signInAddress(provider, proof);
  const { code } = await browserAnswer(connection, { state: proof.state, issuer: provider.issuer }, () => {
    console.warn(`Sign in with a browser on this machine:\n${address}`);
    if (browser) openBrowser(address);
  });
  const tokens = await requestTokens(connection, provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: proof.verifier,
  });
  const origin = originOf(connection);
  const { issuer, clientId, tokenUrl, revokeUrl } = provider;
  keepSession(io, origin, { issuer, clientId, tokenUrl, revokeUrl, ...tokens });
  console.data({ endpoint: origin, issuer, expiresAt: tokens.expiresAt, file: sessionsFile(io) }, () =>
    [
      `Signed in at ${origin}; the tokens are in ${sessionsFile(io)}.`,
      `Use it: export FORGE_ENDPOINT=${origin}`,
    ].join('\n'),
  );
  return 0;
}

/** Ends the session here, and at the provider where that can be told. */
export async function logout(context: Context, { stage }: Pick<LoginOptions, 'stage'>): Promise<number> {
  const connection = stageConnection(context, stage);
  const origin = originOf(connection);
  const session = forgetSession(context.io, origin);
  const revoked =
    session?.refreshToken != null && (await revokeToken(connection, session, session.refreshToken));
  context.console.data({ endpoint: origin, signedOut: session !== null, revoked }, () => {
    if (session === null) return `Nobody was signed in at ${origin}.`;
    const rest = revoked ? '' : '; the provider was not told, its tokens end by themselves';
    return `Signed out at ${origin}${rest}.`;
  });
  return 0;
}
