/** The OpenID provider of a deployed stage: found through the stage's own settings, asked for tokens. */
import { addressOf, type Connection, unreachable } from '../client/connection.ts';
import { isLoopback } from '../environment.ts';
import { CliError } from '../errors.ts';

const LIMIT_MS = 30_000;

export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Null where it revokes nothing. */
  readonly revokeUrl: string | null;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** ISO 8601. */
  readonly expiresAt: string;
}

type Json = Readonly<Record<string, unknown>>;

async function ask(connection: Connection, url: URL, init: RequestInit = {}): Promise<Response> {
  try {
    const signal = AbortSignal.any([connection.signal, AbortSignal.timeout(LIMIT_MS)]);
    return await fetch(url, { ...init, signal });
  } catch (error) {
    if (connection.signal.aborted) throw connection.aborted();
    throw unreachable(connection, url, error);
  }
}

async function documentAt(connection: Connection, url: URL): Promise<Json | null> {
  const response = await ask(connection, url, { headers: { accept: 'application/json' } });
  try {
    return response.ok ? ((await response.json()) as Json) : null;
  } catch {
    // A page where a document was expected: this is no such server.
    return null;
  }
}

/** An address that a secret may be sent to: encrypted, or on this machine. */
function safeAddress(value: unknown, what: string): string {
  if (typeof value === 'string' && URL.canParse(value)) {
    const { protocol, hostname } = new URL(value);
    if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return value;
  }
  throw new CliError('dependency', `The ${what} is ${JSON.stringify(value)}; expected an https:// address.`, {
    code: 'bad_provider',
    hint: 'The settings of the stage name the wrong provider; nothing was sent to it.',
  });
}

/** Who signs people in for the stage at this endpoint: `settings.json` beside the API, then OpenID discovery. */
export async function findProvider(connection: Connection): Promise<Provider> {
  const place = addressOf(connection, '/settings.json');
  const settings = await documentAt(connection, place);
  const { clientId } = settings ?? {};
  if (typeof settings?.issuer !== 'string' || typeof clientId !== 'string')
    throw new CliError('not_found', `${place.origin} names nobody to sign in with.`, {
      code: 'no_sign_in',
      hint: 'A local server takes its own token by itself; a deployed stage has settings.json: check --endpoint.',
    });
  const issuer = safeAddress(settings.issuer, 'issuer').replace(/\/$/, '');
  const found = await documentAt(connection, new URL(`${issuer}/.well-known/openid-configuration`));
  // OpenID Connect Discovery 1.0, 4.3: who answers has to be who was asked for.
  if (typeof found?.issuer !== 'string' || found.issuer.replace(/\/$/, '') !== issuer)
    throw new CliError('dependency', `${issuer} publishes no OpenID configuration of its own.`, {
      code: 'bad_provider',
      hint: 'Check api.signIn in the configuration of the stage.',
    });
  const revoke = found.revocation_endpoint;
  return {
    issuer,
    clientId,
    authorizeUrl: safeAddress(found.authorization_endpoint, 'authorization endpoint'),
    tokenUrl: safeAddress(found.token_endpoint, 'token endpoint'),
    revokeUrl: revoke === undefined ? null : safeAddress(revoke, 'revocation endpoint'),
  };
}

const form = (fields: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  body: new URLSearchParams(fields).toString(),
});

/**
 * Exchanges a code or a refresh token (RFC 6749, 4.1.3 and 6).
 *
 * @throws CliError `unauthenticated` where the provider refuses it
 */
export async function requestTokens(
  connection: Connection,
  { tokenUrl, clientId }: Pick<Provider, 'tokenUrl' | 'clientId'>,
  grant: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const response = await ask(connection, new URL(tokenUrl), form({ client_id: clientId, ...grant }));
  const answer = (await response.json().catch(() => ({}))) as Json;
  if (!response.ok || typeof answer.access_token !== 'string') {
    if (response.status >= 500)
      throw new CliError('dependency', `The provider answered ${response.status}.`, {
        hint: 'Try again in a moment.',
      });
    throw new CliError(
      'unauthenticated',
      `The provider refuses: ${String(answer.error ?? response.status)}.`,
      {
        code: 'sign_in_refused',
        hint: 'Sign in again: forge login',
      },
    );
  }
  const seconds = Number(answer.expires_in) || 0;
  return {
    accessToken: answer.access_token,
    // A refresh may keep the token that it was asked with.
    refreshToken:
      typeof answer.refresh_token === 'string' ? answer.refresh_token : (grant.refresh_token ?? null),
    expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
  };
}

/** Ends a refresh token at the provider (RFC 7009); false where it could not be told. */
export async function revokeToken(
  connection: Connection,
  { revokeUrl, clientId }: Pick<Provider, 'revokeUrl' | 'clientId'>,
  token: string,
): Promise<boolean> {
  if (revokeUrl === null) return false;
  try {
    return (await ask(connection, new URL(revokeUrl), form({ client_id: clientId, token }))).ok;
  } catch (error) {
    if (connection.signal.aborted) throw error;
    return false;
  }
}
