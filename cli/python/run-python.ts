/** Work that is Python's: `python -m agent_forge VERB`, one JSON document back on its standard output. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { CliError, isErrorKind, type PlacedProblem } from '../errors.ts';
import type { Io } from '../io.ts';

/** What Python says of a failure. */
interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly detail: { readonly code?: string; readonly problems?: readonly PlacedProblem[] } | null;
}

interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: Failure;
}

/** `foreign` has what some exports need on top; where it was never set up, Python itself says what is missing. */
type Environment = 'own' | 'foreign';

function pythonOf(
  { root }: Io,
  environment: Environment,
): { readonly python: string; readonly packages: string } {
  const inside = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  const foreign = join(root ?? '', '.venv-foreign', inside);
  const python =
    environment === 'foreign' && existsSync(foreign) ? foreign : join(root ?? '', '.venv', inside);
  if (root && existsSync(python)) return { python, packages: join(root, 'containers') };
  throw new CliError('dependency', `There is no Python environment at ${python}.`, {
    code: 'not_built',
    hint: 'Build it in the project folder with: npm run setup',
  });
}

function answerOf(stdout: string): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    // No answer at all: the exit code says why.
    return {};
  }
}

/** The failure with the place in the file of every problem that has one. */
function failureOf({ kind, message, detail }: Failure, placeOf: (pointer: string) => string): CliError {
  const problems = (detail?.problems ?? []).map((problem) => ({
    ...problem,
    place: placeOf(problem.pointer),
  }));
  // With problems, the first line is what they have in common; each of them is told on its own.
  const headline = problems.length > 0 ? (message.split('\n')[0] ?? message) : message;
  return new CliError(isErrorKind(kind) ? kind : 'bug', headline, {
    code: detail?.code ?? undefined,
    problems,
  });
}

export interface PythonWork {
  /** Verb and options. */
  readonly words: readonly string[];
  /** What it reads from its standard input. */
  readonly input?: string;
  /** `file:line:col` of what a pointer names. */
  readonly placeOf: (pointer: string) => string;
  /** @default own */
  readonly environment?: Environment;
}

/** Runs one piece of work to its end and gives its result. */
export async function runPython(
  { io, console, signal, aborted }: Context,
  { words, input = '', placeOf, environment = 'own' }: PythonWork,
): Promise<Readonly<Record<string, unknown>>> {
  const { python, packages } = pythonOf(io, environment);
  const child = spawn(python, ['-m', 'agent_forge', ...words], {
    cwd: io.cwd,
    env: { ...io.env, PYTHONPATH: packages },
    // Progress of a terminal has to be drawn by who sees the terminal.
    stdio: ['pipe', 'pipe', io.stderr === process.stderr ? 'inherit' : 'pipe'],
    // In a group of its own: a Ctrl-C in the terminal reaches it once, through us.
    detached: true,
  });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => console.note(part));
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new CliError('dependency', `Python could not be started: ${error.message}`, { cause: error })),
    );
    child.once('close', resolve);
    // A child that ended before it has read everything is judged by what it answers.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
  if (signal.aborted) throw aborted();
  const { result, error } = answerOf(stdout);
  if (result) return result;
  if (error) throw failureOf(error, placeOf);
  throw new CliError(
    'bug',
    `agent_forge ${words[0]} ended with exit code ${code ?? 'none'} and said nothing.`,
  );
}
