/** A stage to sign in at: its settings, an OpenID provider with the checks of PKCE, and one route that wants a token. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLIENT = 'forge-cli';

export interface SignInProvider {
  readonly url: string;
  /** Grants as they were asked for, in their order. */
  readonly grants: string[];
  readonly revoked: string[];
  /** Seconds that the next access tokens live. */
  lifetime: number;
  /** Merged into the documents of the server. */
  settings: Readonly<Record<string, unknown>>;
  configuration: Readonly<Record<string, unknown>>;
  /** What the person at the provider does. */
  person: 'agrees' | 'declines';
  /** Refuses every refresh token from now on. */
  endSessions(): void;
  close(): Promise<void>;
}

interface Asked {
  readonly challenge: string;
  readonly redirect: string;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

const json = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

/** What the provider remembers. */
interface Memory {
  readonly redirectUri: string;
  readonly codes: Map<string, Asked>;
  readonly access: Set<string>;
  readonly refresh: Set<string>;
}

function authorize(
  { redirectUri, codes }: Memory,
  person: SignInProvider['person'],
  query: URLSearchParams,
  response: ServerResponse,
) {
  const challenge = query.get('code_challenge') ?? '';
  const well =
    query.get('response_type') === 'code' &&
    query.get('client_id') === CLIENT &&
    query.get('redirect_uri') === redirectUri &&
    query.get('code_challenge_method') === 'S256' &&
    /^[\w-]{43}$/.test(challenge) &&
    (query.get('scope') ?? '').split(' ').includes('openid');
  if (!well) return json(response, 400, { error: 'invalid_request' });
  const to = new URL(redirectUri);
  to.searchParams.set('state', query.get('state') ?? '');
  if (person === 'declines') to.searchParams.set('error', 'access_denied');
  else {
    const code = randomUUID();
    codes.set(code, { challenge, redirect: redirectUri });
    to.searchParams.set('code', code);
  }
  return response.writeHead(302, { location: to.href }).end();
}

/** @returns the refresh token that stays, null for a new one; undefined where the grant is refused */
function granted({ codes, refresh }: Memory, form: URLSearchParams): string | null | undefined {
  if (form.get('grant_type') === 'refresh_token') {
    const token = form.get('refresh_token') ?? '';
    return refresh.has(token) ? token : undefined;
  }
  const asked = codes.get(form.get('code') ?? '');
  codes.delete(form.get('code') ?? '');
  const proven = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  return asked && proven === asked.challenge && form.get('redirect_uri') === asked.redirect
    ? null
    : undefined;
}

function exchange(memory: Memory, seconds: number, form: URLSearchParams, response: ServerResponse) {
  if (form.get('client_id') !== CLIENT) return json(response, 401, { error: 'invalid_client' });
  const kept = granted(memory, form);
  if (kept === undefined) return json(response, 400, { error: 'invalid_grant' });
  const token = randomUUID();
  memory.access.add(token);
  const next = kept ?? randomUUID();
  memory.refresh.add(next);
  const own = kept === null ? { refresh_token: next } : {};
  return json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: seconds, ...own });
}

async function answer(
  provider: SignInProvider,
  memory: Memory,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { pathname, searchParams } = new URL(request.url ?? '/', provider.url);
  if (pathname === '/settings.json') return json(response, 200, provider.settings);
  if (pathname === '/.well-known/openid-configuration') return json(response, 200, provider.configuration);
  if (pathname === '/authorize') return authorize(memory, provider.person, searchParams, response);
  const form = await bodyOf(request);
  if (pathname === '/token') {
    provider.grants.push(form.get('grant_type') ?? '');
    return exchange(memory, provider.lifetime, form, response);
  }
  if (pathname === '/revoke') {
    const token = form.get('token') ?? '';
    provider.revoked.push(token);
    memory.refresh.delete(token);
    return response.writeHead(200).end();
  }
  const known = memory.access.has((request.headers.authorization ?? '').replace('Bearer ', ''));
  return known
    ? json(response, 200, { items: [], next: null })
    : json(response, 401, { kind: 'unauthenticated', detail: 'Nobody knows you.' });
}

/** @param redirectUri the only address that the provider sends anybody to */
export async function signInProvider(redirectUri: string): Promise<SignInProvider> {
  const memory: Memory = { redirectUri, codes: new Map(), access: new Set(), refresh: new Set() };
  const server = createServer((request, response) => void answer(provider, memory, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: SignInProvider = {
    url,
    grants: [],
    revoked: [],
    lifetime: 3600,
    settings: { issuer: url, clientId: CLIENT },
    configuration: {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      revocation_endpoint: `${url}/revoke`,
    },
    person: 'agrees',
    endSessions: () => memory.refresh.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return provider;
}
