/** What a verb may touch of the process: its streams, environment and folders. Tests hand in their own. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';

export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Io {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The project's folder: where dist/, node_modules/ and examples/ lie. Null when the CLI runs from elsewhere. */
  readonly root: string | null;
  /** Aborts on Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Text piped into the process. */
  readInput(): Promise<string>;
  /** What the person at the terminal answers; null where there is none. */
  ask(question: string): Promise<string | null>;
}

/** The folder above `start` that holds the project's package.json and contracts. */
export function findRoot(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'contracts', 'phases.json')))
      return folder;
    if (dirname(folder) === folder) return null;
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

async function askTerminal(question: string, interrupted: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // While it reads, a terminal hands Ctrl-C over as a key.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return await terminal.question(question, { signal: interrupted });
  } catch (error) {
    if (interrupted.aborted) throw error;
    // Ctrl-D: whoever has nothing to say has not agreed.
    return '';
  } finally {
    terminal.close();
  }
}

export function processIo(interrupted: AbortSignal): Io {
  const script = process.argv[1];
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    // The real path: node_modules/.bin holds a link.
    root: script && existsSync(script) ? findRoot(dirname(realpathSync(script))) : null,
    interrupted,
    readInput: readStandardInput,
    ask: (question) => askTerminal(question, interrupted),
  };
}
