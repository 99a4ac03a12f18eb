/** forge serve */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { dashboardAddress } from '../server/dashboard-address.ts';
import { serverEnvironment, serverLog, serverProgram } from '../server/local-server.ts';

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

interface Fact {
  readonly type?: string;
  readonly url?: string;
  readonly home?: string;
  /** Of a log line. */
  readonly level?: string;
}

function factOf(line: string): Fact {
  try {
    return JSON.parse(line) as Fact;
  } catch {
    // Not a fact: a line like any other.
    return {};
  }
}

/** People are told what they need; the rest of what the server says is in its log. */
function tell({ io, console, flags }: Context, line: string, log: string): void {
  const fact = factOf(line);
  if (console.json) console.text(line);
  else if (fact.type === 'listening') {
    console.note(`Agent Forge listens on ${fact.url}${fact.home ? `, with its state in ${fact.home}` : ''}`);
    console.note(`Dashboard: ${dashboardAddress(io, fact.url ?? '')}`);
    console.note(`Log: ${log}`);
    console.note('Stop it with Ctrl-C; its jobs go on and are taken up by the next start.');
  } else if (flags.debug || (fact.level !== 'INFO' && fact.level !== 'DEBUG')) console.note(line);
}

function openLog(io: Io): { readonly path: string; readonly stream: WriteStream } {
  const path = serverLog(io);
  mkdirSync(dirname(path), { recursive: true });
  return { path, stream: createWriteStream(path, { flags: 'a', mode: 0o600 }) };
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
    // In a group of its own: a Ctrl-C in the terminal reaches it once, through us.
    detached: true,
  });
  const log = openLog(io);
  child.stdout.pipe(log.stream, { end: false });
  child.stderr.pipe(log.stream, { end: false });
  createInterface({ input: child.stdout }).on('line', (line) => tell(context, line, log.path));
  createInterface({ input: child.stderr }).on('line', (line) => context.console.warn(line));
  let stopping = false;
  const stop = () => {
    if (!stopping) child.kill('SIGTERM');
    stopping = true;
  };
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new CliError('dependency', `The server could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once('close', (code, signal) => {
      log.stream.end();
      resolve(signal ? 128 + (SIGNAL_NUMBERS[signal] ?? 0) : (code ?? 1));
    });
  });
}
