/** One HTTP request to the API: its address, its token, its failures in our words. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentProblem } from '#contracts/source/problems.ts';
import { endpointOf, tokenFor } from '../environment.ts';
import { CliError, isError, isErrorKind, kindOfStatus, messageOf } from '../errors.ts';
import type { Io } from '../io.ts';

const REQUEST_SECONDS = 30;
const TRIES = 3;

export interface Connection {
  readonly io: Io;
  readonly flags: { readonly endpoint?: string };
  readonly signal: AbortSignal;
  aborted(reattach?: string): Error;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
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

/** The address of a path on the server that this command talks to. */
export function addressOf({ io, flags }: Connection, path: string, query: RequestOptions['query'] = {}): URL {
  const { url: base } = endpointOf(io, flags.endpoint);
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new CliError('validation', `The endpoint "${base}" is no http:// or https:// address.`, {
      hint: 'For example: --endpoint http://127.0.0.1:4505',
    });
  }
  const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  return url;
}

/** Code of a system error, wherever fetch has put it. */
function faultCode(error: unknown): string | undefined {
  if (!isError(error)) return undefined;
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  // An AggregateError lists what each address of the host answered.
  return typeof code === 'string' ? code : faultCode(errors?.[0] ?? error.cause);
}

/** What was wrong in the first place: fetch itself only says that it failed. */
function rootMessage(error: unknown): string {
  return isError(error) && isError(error.cause) ? rootMessage(error.cause) : messageOf(error);
}

/** No answer came: why, and what to do. */
export function unreachable(connection: Connection, url: URL, error: unknown): CliError {
  const { named } = endpointOf(connection.io, connection.flags.endpoint);
  const code = faultCode(error);
  const local = 'Start one with: npm run serve';
  const remote = 'Check --endpoint or FORGE_ENDPOINT, or leave it out to use the local server.';
  if (code === 'ECONNREFUSED')
    return new CliError('dependency', `No server at ${url.origin}.`, {
      code: 'no_server',
      hint: named ? `${local}; or correct --endpoint or FORGE_ENDPOINT.` : local,
      cause: error,
    });
  const why = code ?? rootMessage(error);
  return new CliError('dependency', `The server at ${url.origin} did not answer (${why}).`, {
    hint: named ? remote : 'See what it says: forge doctor',
    cause: error,
  });
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
  'Set FORGE_TOKEN to the token of that server; the local one keeps its token in $FORGE_HOME/token.';

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
  const token = tokenFor(connection.io, url.origin);
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
