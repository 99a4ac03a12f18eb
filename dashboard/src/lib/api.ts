/** Calls to the API of whoever serves these pages, as who is signed in. */
import type { Problem, ReadAnswer, ReadPath } from './api-types.ts';
import { accessToken, forgetToken } from './session.ts';

export type Values = Readonly<Record<string, string | number | undefined>>;

/** An answer that is no success, in the API's own words. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.hint = problem.hint ?? null;
    this.problem = problem;
  }
}

/** `/v1/runs/{id}` with its parameters filled in and the query behind it. */
export function apiPath(template: string, path: Values = {}, query: Values = {}): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(path[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${filled}?${search}` : filled;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const problem = await response.json().catch(() => ({}));
  return new ApiProblem(response.status, problem as Partial<Problem>);
}

/** @throws ApiProblem for an answer that is no success; TypeError where no answer came */
export async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const token = await accessToken();
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(path, { ...init, method, headers });
  if (response.ok) return response;
  if (response.status === 401) forgetToken();
  throw await problemOf(response);
}

/** Reads any address of the API; the types of a known path come with `read`. */
export async function readAt(path: string): Promise<unknown> {
  return (await send('GET', path)).json();
}

export async function read<P extends ReadPath>(
  path: P,
  parameters: Values = {},
  query: Values = {},
): Promise<ReadAnswer<P>> {
  return (await readAt(apiPath(path, parameters, query))) as ReadAnswer<P>;
}

/** Sends a document; what comes back is the caller's to name. */
export async function post<Answer>(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const init = {
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  return (await (await send('POST', path, init)).json()) as Answer;
}
