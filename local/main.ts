/** Entry of the server process: `node dist/local/server.mjs`. */
import { dirname, join, resolve } from 'node:path';
import { toForgeError } from '#core/domain/errors.ts';
import { startServer, wholeNumber } from './server.ts';

const DEFAULT_PORT = 4505;

/** One JSON line per fact on standard output, for whoever started the server. */
function say(fact: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

function fail(thrown: unknown): never {
  const error = toForgeError(thrown);
  process.stderr.write(`${error.message}${error.hint ? `\n${error.hint}` : ''}\n`);
  if (error.kind === 'bug' && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
  process.exit(error.facts.cli);
}

/** Standard output belongs to the facts above: the functions log to standard error, and only what went wrong. */
function quietFunctions(): void {
  process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
}

async function main(): Promise<void> {
  quietFunctions();
  const { FORGE_ROOT, FORGE_HOME, FORGE_PORT } = process.env;
  // The bundle lies in dist/local, two folders below the repository.
  const root = resolve(FORGE_ROOT ?? join(dirname(process.argv[1] ?? '.'), '..', '..'));
  const home = resolve(FORGE_HOME ?? join(root, '.forge'));
  const port = wholeNumber('FORGE_PORT', FORGE_PORT ?? String(DEFAULT_PORT), 65_535);
  const server = await startServer({ root, home, port, environment: process.env });
  // Before anybody learns that the server is there, so that no signal finds it without an answer.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.stop().then(() => process.exit(0), fail);
    });
  }
  say({ type: 'listening', url: server.url, home });
}

main().catch(fail);
