/** Signing in at a deployed stage: code with PKCE (RFC 7636, S256). */
import { settings } from './settings.ts';

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

const PENDING = 'forge.sign-in';
const RANDOM_BYTES = 32;

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
const answerAddress = (): string => `${location.origin}/signed-in`;

/** Leaves for the stage's sign-in, which comes back to /signed-in. */
export async function startSignIn(): Promise<void> {
  const { signInUrl = '', clientId = '' } = await settings();
  const pending = { verifier: random(), state: random(), back: location.pathname + location.search };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: answerAddress(),
    scope: 'openid email profile',
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`${signInUrl}/oauth2/authorize?${query}`);
}

async function askTokens(
  form: Readonly<Record<string, string>>,
): Promise<Tokens & { readonly refresh: string }> {
  const { signInUrl = '', clientId = '' } = await settings();
  const answer = await fetch(`${signInUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...form }),
  });
  if (!answer.ok) throw new Error(`The sign-in refused with ${answer.status}.`);
  const body = (await answer.json()) as { access_token: string; refresh_token?: string; expires_in: number };
  return {
    access: body.access_token,
    refresh: body.refresh_token ?? form.refresh_token ?? '',
    endsAt: Date.now() + body.expires_in * 1000,
  };
}

export interface SignedIn {
  readonly tokens: Tokens;
  /** The page that was asked for. */
  readonly back: string;
}

/** Takes the answer of the sign-in out of the address. @throws Error where it is not the answer to our question */
export async function finishSignIn(): Promise<SignedIn> {
  const answer = new URLSearchParams(location.search);
  const kept = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending =
    kept === null ? null : (JSON.parse(kept) as { verifier: string; state: string; back: string });
  const code = answer.get('code');
  if (!pending || !code || answer.get('state') !== pending.state) {
    throw new Error(
      answer.get('error_description') ?? 'This is not the answer to a sign-in that this tab began.',
    );
  }
  const tokens = await askTokens({
    grant_type: 'authorization_code',
    code,
    redirect_uri: answerAddress(),
    code_verifier: pending.verifier,
  });
  return { tokens, back: pending.back };
}

export const refreshed = (tokens: Tokens): Promise<Tokens> =>
  askTokens({ grant_type: 'refresh_token', refresh_token: tokens.refresh });
