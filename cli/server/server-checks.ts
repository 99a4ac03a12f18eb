/** Whether a server can be had: the one that an address names, or the one of this home. */
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ApiClient } from '../client/api-client.ts';
import type { Context } from '../context.ts';
import { endpointOf, homeFolder } from '../environment.ts';
import { CliError, isError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { livingServer } from './local-server.ts';

const DEFAULT_PORT = 4505;
const PATIENCE_SECONDS = 3;

/** What the server thinks of our token. */
async function checkToken(client: ApiClient): Promise<Check> {
  try {
    await client.listPresets();
    return ok('token', 'the server takes it');
  } catch (error) {
    if (!isError(error)) throw error;
    const fix =
      'Set FORGE_TOKEN to the token of that server; a local one keeps its token in $FORGE_HOME/token.';
    return fail('token', error.message, error instanceof CliError && error.hint ? error.hint : fix);
  }
}

async function checkHealth(client: ApiClient, where: string, fix: string): Promise<readonly Check[]> {
  const health = await client.getHealth(PATIENCE_SECONDS).catch((error: Error) => error);
  if (health instanceof Error) return [fail('server', `${where} does not answer: ${health.message}`, fix)];
  return [ok('server', `version ${health.version} on ${where}`), await checkToken(client)];
}

/** Whoever can read the token can do everything. */
export function checkTokenFile(home: string): readonly Check[] {
  const path = join(home, 'token');
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  return [warn('token file', `others can read ${path}`, `Run: chmod 600 ${path}`)];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function checkPort({ env }: Io): Promise<Check> {
  const port = Number(env.FORGE_PORT ?? DEFAULT_PORT);
  return (await isFree(port))
    ? ok('port', `${port} is free`)
    : warn(
        'port',
        `${port} is in use`,
        'The server takes the next free one; another can be named with FORGE_PORT.',
      );
}

export async function serverChecks({ io, flags, client }: Context): Promise<readonly Check[]> {
  const { url, named } = endpointOf(io, flags.endpoint);
  if (named) return checkHealth(client, url, 'Start it, or correct --endpoint or FORGE_ENDPOINT.');
  const home = homeFolder(io);
  const record = livingServer(home);
  if (!record) return [await checkPort(io), ok('server', 'none is running; `npm run serve` starts one')];
  const where = `${record.url}, process ${record.pid}`;
  return [
    ok('port', `${record.port}, in use by the server of this home`),
    ...(await checkHealth(client, where, `Stop it: kill ${record.pid}`)),
    ...checkTokenFile(home),
  ];
}
