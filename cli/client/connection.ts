/** The server that a command talks to: its address, and what it means when it does not answer. */
import { endpointOf } from '../environment.ts';
import { CliError, isError, messageOf } from '../errors.ts';
import type { Io } from '../io.ts';

export interface Connection {
  readonly io: Io;
  readonly flags: { readonly endpoint?: string };
  readonly signal: AbortSignal;
  aborted(reattach?: string): Error;
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** The address of a path on the server that this command talks to. */
export function addressOf({ io, flags }: Connection, path: string, query: Query = {}): URL {
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
export function faultCode(error: unknown): string | undefined {
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
