/** One HTTP request to the API: its address, its token, its failures in our words. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentProblem } from '#contracts/source/problems.ts';
import { tokenFor } from '../environment.ts';
import { CliError, isErrorKind, kindOfStatus } from '../errors.ts';
import { accessToken } from '../login/sessions.ts';
import { addressOf, type Connection, faultCode, type Query, unreachable } from './connection.ts';

const REQUEST_SECONDS = 30;
const TRIES = 3;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default application/json */
  readonly accept?: string;
  /** Doing it twice does no harm. @default true for GET */
  readonly repeatable?: boolean;
  /** Null waits without end. @default 30 */
  readonly limitSeconds?: number | null;
  readonly signal?: AbortSignal;
}

interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly kind?: string;
  readonly hint?: string;
  readonly errors?: readonly DocumentProblem[];
  readonly request_id?: string;
  readonly retry_after_s?: number;
}

const UNAUTHENTICATED_HINT =
  'Sign in at a deployed stage with forge login, or set FORGE_TOKEN; a local server keeps its token in $FORGE_HOME/token.';

/** The failure that an answer describes, in the words of its problem document. */
async function failureOf(response: Response): Promise<CliError & { readonly retryAfter?: number }> {
  const text = await response.text();
  let problem: ProblemDocument = {};
  try {
    problem = JSON.parse(text) as ProblemDocument;
  } catch {
    // No problem document: the status alone has to speak.
  }
  const kind = isErrorKind(problem.kind) ? problem.kind : kindOfStatus(response.status);
  const message =
    problem.detail ?? problem.title ?? `The server answered ${response.status}: ${text.slice(0, 200)}`;
  const error = new CliError(kind, message, {
    code: problem.code,
    hint: problem.hint ?? (kind === 'unauthenticated' ? UNAUTHENTICATED_HINT : undefined),
    problems: problem.errors ?? [],
    requestId: problem.request_id ?? response.headers.get('x-request-id') ?? undefined,
  });
  const after = problem.retry_after_s ?? Number(response.headers.get('retry-after') ?? 0);
  return Object.assign(error, after > 0 ? { retryAfter: after } : {});
}

async function attempt(connection: Connection, url: URL, method: string, options: RequestOptions) {
  const { body, headers, accept = 'application/json', limitSeconds = REQUEST_SECONDS } = options;
  const token = tokenFor(connection.io, url.origin) ?? (await accessToken(connection, url.origin));
  const limit = limitSeconds === null ? [] : [AbortSignal.timeout(limitSeconds * 1000)];
  const signals = [connection.signal, ...(options.signal ? [options.signal] : []), ...limit];
  try {
    return await fetch(url, {
      method,
      headers: {
        accept,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any(signals),
    });
  } catch (error) {
    if (connection.signal.aborted) throw connection.aborted();
    if (options.signal?.aborted) throw error;
    if (limit[0]?.aborted)
      throw new CliError(
        'timeout',
        `${method} ${url.origin}${url.pathname} gave no answer within ${limitSeconds} s.`,
        {
          hint: 'See whether the server is well: forge doctor',
          cause: error,
        },
      );
    throw unreachable(connection, url, error);
  }
}

/** A connection that broke while it was used; one that was refused will be refused again. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof CliError)) return false;
  // A quota that is used up will be so in a moment as well.
  if (error.code === 'quota_exceeded') return false;
  if (error.kind === 'limit' || (error.kind === 'dependency' && 'retryAfter' in error)) return true;
  const code = faultCode(error.cause);
  return (
    error.kind === 'dependency' && (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
  );
}

/** Sends a request; throws `CliError` unless the answer is a success. Repeatable requests are tried three times. */
export async function send(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const repeatable = options.repeatable ?? method === 'GET';
  for (let tried = 1; ; tried += 1) {
    const url = addressOf(connection, path, options.query);
    try {
      const response = await attempt(connection, url, method, options);
      if (response.ok) return response;
      throw await failureOf(response);
    } catch (error) {
      if (!repeatable || tried >= TRIES || !mayPass(error)) throw error;
      const { retryAfter = 0.2 * 2 ** tried } = error as { retryAfter?: number };
      await pause(Math.min(retryAfter, 5) * 1000, undefined, { signal: connection.signal }).catch(() => {
        throw connection.aborted();
      });
    }
  }
}

/** The JSON of an answer. */
export async function readJson<Answer>(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    const type = response.headers.get('content-type') ?? 'no content type';
    throw new CliError('dependency', `${response.url} answered with ${type}; expected JSON.`, {
      hint: 'Is that an Agent Forge server? Check --endpoint or FORGE_ENDPOINT.',
      cause: error,
    });
  }
}
