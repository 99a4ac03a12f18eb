/** Waits on this machine for what the provider tells the browser (RFC 8252, 7.3). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Connection } from '../client/connection.ts';
import { CliError } from '../errors.ts';

/** The provider sends browsers to addresses that it knows beforehand: a deployed stage registers this one. */
const LOGIN_PORT = 4506;
const PATH = '/signed-in';
export const REDIRECT_URI = `http://localhost:${LOGIN_PORT}${PATH}`;

const WAIT_MS = 5 * 60_000;
const SIGNED_IN = 'Signed in. You can close this page.';

export interface BrowserAnswer {
  readonly code: string;
}

function answerPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`${text}\n`);
}

/** What the provider says, or null for a request that is none of its own: wrong path, wrong state. */
function readAnswer(
  request: IncomingMessage,
  state: string,
  issuer: string,
): BrowserAnswer | CliError | null {
  const url = new URL(request.url ?? '/', REDIRECT_URI);
  const said = url.searchParams;
  if (request.method !== 'GET' || url.pathname !== PATH || said.get('state') !== state) return null;
  // RFC 9207: a provider that names itself has to be the one that was asked.
  if (said.has('iss') && said.get('iss') !== issuer) return null;
  const code = said.get('code');
  if (code) return { code };
  const why = said.get('error_description') ?? said.get('error') ?? 'it gave no code';
  return new CliError('unauthenticated', `Nobody was signed in: ${why}.`, {
    code: 'sign_in_refused',
    hint: 'Try again: forge login',
  });
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CliError('dependency', `Port ${LOGIN_PORT} cannot be listened on (${error.code}).`, {
          code: 'port_unavailable',
          hint: 'The provider knows no other one: end what uses it, perhaps another forge login.',
          cause: error,
        }),
      ),
    );
    server.listen(LOGIN_PORT, '127.0.0.1', resolve);
  });
}

/**
 * Listens, lets `send` send the person to the provider, and gives what comes back.
 *
 * @throws CliError `unauthenticated` where the person was refused, `timeout` after five minutes
 */
export async function browserAnswer(
  { signal, aborted }: Pick<Connection, 'signal' | 'aborted'>,
  { state, issuer }: { readonly state: string; readonly issuer: string },
  send: () => void,
): Promise<BrowserAnswer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]);
  let tell: (answer: BrowserAnswer | Error) => void = () => undefined;
  const told = new Promise<BrowserAnswer | Error>((resolve) => {
    tell = resolve;
  });
  const stop = () =>
    tell(
      signal.aborted
        ? aborted()
        : new CliError('timeout', 'Nobody signed in within five minutes.', {
            hint: 'Try again: forge login',
          }),
    );
  const server = createServer((request, response) => {
    const answer = readAnswer(request, state, issuer);
    if (answer === null) return answerPage(response, 404, 'Nothing is waited for here.');
    const refused = answer instanceof CliError;
    answerPage(response, refused ? 400 : 200, refused ? answer.message : SIGNED_IN);
    return tell(answer);
  });
  limit.addEventListener('abort', stop, { once: true });
  if (limit.aborted) stop();
  try {
    await listening(server);
    send();
    const answer = await told;
    if (answer instanceof Error) throw answer;
    return answer;
  } finally {
    limit.removeEventListener('abort', stop);
    server.close();
  }
}
