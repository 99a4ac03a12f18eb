/** The one place where error kinds become HTTP: RFC 9457 problem documents. */
import type { Context } from 'hono';
import { type ForgeError, toForgeError } from '#core/domain/errors.ts';

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly kind: string;
  readonly code: string;
  readonly hint?: string;
  readonly errors: ForgeError['problems'];
  readonly request_id: string;
  readonly retryable: boolean;
  readonly retry_after_s?: number;
}

/** Where the kinds are explained; a relative reference, so that it holds in every deployment. */
const DOCS = '/docs/errors';

export function problemDocument(error: ForgeError, instance: string, requestId: string): ProblemDocument {
  const { http, title, retryable } = error.facts;
  // What broke inside is for the log; the client learns that it was us and how to name it.
  const detail =
    error.kind === 'bug' ? `Something failed inside Agent Forge (request ${requestId}).` : error.message;
  return {
    type: `${DOCS}#${error.kind}`,
    title,
    status: http,
    detail,
    instance,
    kind: error.kind,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    errors: error.problems,
    request_id: requestId,
    retryable,
    ...(error.retryAfterSeconds === undefined ? {} : { retry_after_s: error.retryAfterSeconds }),
  };
}

/** The answer to anything that was thrown. `onServerError` hears of what is our own fault. @param also further headers */
export function problemResponse(
  thrown: unknown,
  context: Context,
  requestId: string,
  onServerError: (error: unknown) => void,
  also: Readonly<Record<string, string>> = {},
): Response {
  const error = toForgeError(thrown);
  const document = problemDocument(error, new URL(context.req.url).pathname, requestId);
  if (document.status >= 500) onServerError(thrown);
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...also,
  });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.kind === 'unauthenticated') headers.set('www-authenticate', `Bearer error="${error.code}"`);
  return new Response(JSON.stringify(document), { status: document.status, headers });
}
