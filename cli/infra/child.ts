/** A program of the project in the foreground: what it says goes to stderr, what it prints is given back. */
import { spawn } from 'node:child_process';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

export interface ProjectProgram {
  /** Arguments of this Node. */
  readonly argv: readonly string[];
  readonly root: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Also shows on stderr what it prints. @default false */
  readonly shown?: boolean;
}

export interface ChildEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @throws CliError where it cannot be started; what an abort means where it was stopped
 */
export async function runInProject(
  { io, console, signal, aborted }: Context,
  { argv, root, env = {}, shown = false }: ProjectProgram,
): Promise<ChildEnd> {
  const child = spawn(process.execPath, [...argv], {
    cwd: root,
    env: { ...io.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: a Ctrl-C in the terminal reaches it once, through us.
    detached: true,
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      texts[name] += part;
      if (shown) console.note(part);
    });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new CliError('dependency', `${argv[0]} could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once('close', (code) => resolve(code ?? 1));
  });
  if (signal.aborted) throw aborted();
  return { exitCode, ...texts };
}
