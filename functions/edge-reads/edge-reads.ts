/**
 * Reads of the API near the reader: who asks is checked there, and what the API has said is kept for as long as it holds.
 *
 * Nothing but fetch and Web Crypto is used, so that it runs where there is no Node. The API checks the token and the role
 * once more; here a token that is none never reaches it.
 */
import { Hono } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import type { Clock } from '#core/ports/clock.ts';
import { problemResponse } from '../shared/http-errors.ts';
import { type AnswerCache, answerCache, type KeptAnswer } from './answer-cache.ts';

/** Reachable without a token, as in the API. */
const OPEN_PATHS: readonly string[] = ['/v1/health', '/v1/openapi.json'];
/** What was asked so lately is not asked again: a page that asks ten times a second costs one request. */
const FRESH_MS = 1000;
const ORIGIN_TIMEOUT_MS = 10_000;

/** What the API said of one answer alone: which request it was, how many are left, how its bytes travelled. */
const OF_ONE_ANSWER = [
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
];

export interface EdgeOptions {
  /** Base address of the API. */
  readonly origin: string;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  /** @default the runtime's own */
  readonly fetch?: typeof fetch;
}

export function createEdgeReads(options: EdgeOptions): Hono {
  const app = new Hono();
  const cache = answerCache();
  app.onError((thrown, context) => problemResponse(thrown, context, crypto.randomUUID(), () => undefined));
  app.on(['GET', 'HEAD'], '/v1/*', async ({ req }) => answer(options, cache, req.raw));
  app.all('*', ({ req }) => {
    throw new ForgeError('not_found', `There is no ${req.method} ${req.path} at the edge; it only reads.`, {
      code: 'reads_only',
      hint: 'Send it to the address of the API.',
    });
  });
  return app;
}

async function answer(options: EdgeOptions, cache: AnswerCache, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const reader = await readerOf(options, request, url.pathname);
  const accept = request.headers.get('accept') ?? '*/*';
  // A stream lives as long as its reader: it is passed on and never kept.
  if (accept.includes('text/event-stream')) return ask(options, request, url, {});
  const key = [reader, accept, url.pathname, url.search].join('\n');
  const now = options.clock.now().getTime();
  const kept = cache.get(key);
  if (kept && now - kept.at < FRESH_MS) return answerOf(request, kept, 'hit');
  const etag = kept?.etag ?? request.headers.get('if-none-match');
  const fresh = await ask(options, request, url, etag ? { 'if-none-match': etag } : {});
  if (fresh.status === 304 && kept) {
    cache.put(key, { ...kept, at: now });
    return answerOf(request, kept, 'revalidated');
  }
  if (fresh.status !== 200) return fresh;
  const body = await fresh.arrayBuffer();
  const taken = { at: now, etag: fresh.headers.get('etag'), headers: [...fresh.headers], body };
  cache.put(key, taken);
  return answerOf(request, taken, 'miss');
}

/** Whose answers may be shared: those of one tenant and one role. Throws where the token is none. */
async function readerOf(options: EdgeOptions, request: Request, path: string): Promise<string> {
  if (OPEN_PATHS.includes(path)) return 'anyone';
  const authorization = request.headers.get('authorization') ?? undefined;
  const { tenant, role } = await options.authenticator.authenticate({ authorization });
  return `${tenant} ${role}`;
}

async function ask(
  { origin, fetch: send = fetch }: EdgeOptions,
  request: Request,
  { pathname, search }: URL,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const passed = ['authorization', 'accept', 'last-event-id'].flatMap((name): [string, string][] => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const isStream = request.headers.get('accept')?.includes('text/event-stream') ?? false;
  try {
    return await send(`${origin.replace(/\/$/, '')}${pathname}${search}`, {
      headers: { ...Object.fromEntries(passed), ...headers },
      redirect: 'manual',
      ...(isStream ? {} : { signal: AbortSignal.timeout(ORIGIN_TIMEOUT_MS) }),
    });
  } catch (cause) {
    throw new ForgeError('dependency', 'The API cannot be reached from the edge.', {
      code: 'origin_unavailable',
      retryAfterSeconds: 5,
      cause,
    });
  }
}

function answerOf(request: Request, { etag, headers, body }: KeptAnswer, how: string): Response {
  const shown = new Headers([...headers]);
  shown.set('x-edge', how);
  for (const name of OF_ONE_ANSWER) shown.delete(name);
  const same = etag !== null && request.headers.get('if-none-match') === etag;
  if (same) return new Response(null, { status: 304, headers: shown });
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers: shown });
}
