/** forge serve */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { serverEnvironment, serverProgram } from '../server/local-server.ts';

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

interface Fact {
  readonly type?: string;
  readonly url?: string;
  readonly home?: string;
}

/** The server says one JSON line per fact; people are told the one that they need. */
function tell({ console }: Context, line: string): void {
  if (console.json) {
    console.text(line);
    return;
  }
  let fact: Fact = {};
  try {
    fact = JSON.parse(line) as Fact;
  } catch {
    // Not a fact: it is passed on as it is.
  }
  if (fact.type !== 'listening') console.note(line);
  else {
    console.note(`Agent Forge listens on ${fact.url}${fact.home ? `, with its state in ${fact.home}` : ''}`);
    console.note('Stop it with Ctrl-C; its jobs go on and are taken up by the next start.');
  }
}

/** The server in the foreground: its exit code is ours. */
export async function serve(context: Context, { port }: { readonly port?: number }): Promise<number> {
  const { io } = context;
  const { root, program } = serverProgram(io);
  const env = serverEnvironment(io, root);
  const child = spawn(process.execPath, [program], {
    cwd: root,
    env: port === undefined ? env : { ...env, FORGE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => tell(context, line));
  createInterface({ input: child.stderr }).on('line', (line) => context.console.warn(line));
  const stop = () => void child.kill('SIGTERM');
  // A Ctrl-C in a terminal has reached the child already; a second signal is one and the same stop.
  context.signal.addEventListener('abort', stop, { once: true });
  process.once('SIGTERM', stop);
  process.once('SIGHUP', stop);
  if (context.signal.aborted) stop();
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new CliError('dependency', `The server could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once('close', (code, signal) =>
      resolve(signal ? 128 + (SIGNAL_NUMBERS[signal] ?? 0) : (code ?? 1)),
    );
  });
}
