/**
 * Who is signed in. On one machine: the token of the home, brought in the fragment of the address that `forge serve`
 * prints, which no server sees and no log holds. In a deployed stage: code with PKCE at the stage's sign-in.
 */
import { refreshed, type Tokens } from './sign-in.ts';

const HOME_TOKEN = 'forge.token';
const TOKENS = 'forge.tokens';
const RENEW_BEFORE_MS = 60_000;

type Listener = () => void;
const listeners = new Set<Listener>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Takes the token out of the address before anything else sees it. */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  localStorage.setItem(HOME_TOKEN, token);
  history.replaceState(null, '', location.pathname + location.search);
}

export function keepTokens(tokens: Tokens): void {
  sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
  tell();
}

export function keepHomeToken(token: string): void {
  localStorage.setItem(HOME_TOKEN, token);
  tell();
}

export function forgetToken(): void {
  localStorage.removeItem(HOME_TOKEN);
  sessionStorage.removeItem(TOKENS);
  tell();
}

function keptTokens(): Tokens | null {
  const text = sessionStorage.getItem(TOKENS);
  return text === null ? null : (JSON.parse(text) as Tokens);
}

export const isSignedIn = (): boolean => keptTokens() !== null || localStorage.getItem(HOME_TOKEN) !== null;

/** Tells of signing in and out. @returns how to stop listening */
export function onSession(listener: Listener): Listener {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let renewing: Promise<string | null> | undefined;

/** A token that the API takes, renewed before it ends; null where nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const tokens = keptTokens();
  if (!tokens) return localStorage.getItem(HOME_TOKEN);
  if (tokens.endsAt - RENEW_BEFORE_MS > Date.now()) return tokens.access;
  renewing ??= refreshed(tokens)
    .then((next) => {
      keepTokens(next);
      return next.access;
    })
    .catch(() => {
      forgetToken();
      return null;
    })
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}
