/** A model's endpoint on this machine: its files are fetched, the program started, and both go when it ends. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Model } from '../client/records.ts';
import type { Context } from '../context.ts';
import { CliError, isErrorKind } from '../errors.ts';
import { fetchFiles, requireUsable } from '../files/fetch-model.ts';
import type { Io } from '../io.ts';

export interface EndpointOptions {
  readonly port?: number;
  /** Folder of a graph of this model. @default the graph that its version brings */
  readonly onnx?: string;
}

const GRAPH_FOLDER = 'onnx';
const TOKENIZER = 'tokenizer.json';

/** What the program said when it listened. */
export interface Listening {
  readonly url: string;
  readonly model: string;
}

/** Called once; when it throws, the endpoint ends with that. @param stop ends the endpoint well */
export type OnListening = (line: Listening, stop: () => void) => Promise<void> | void;

interface Line extends Partial<Listening> {
  readonly type?: 'serving' | 'refused';
  readonly kind?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

function programOf({ root }: Io): string {
  const program = root && join(root, 'dist', 'local', 'inference.mjs');
  if (program && existsSync(program)) return program;
  throw new CliError('dependency', `There is no ${program ?? 'dist/local/inference.mjs'}.`, {
    code: 'not_built',
    hint: 'Build it in the project folder with: npm run setup',
  });
}

/** What has to be fetched: the tokenizer, and the graph where none is given. */
function neededOf(model: Model, given: string | undefined): Model['files'] {
  const isNeeded = (path: string) =>
    path === TOKENIZER || (given === undefined && path.startsWith(`${GRAPH_FOLDER}/`));
  const needed = model.files.filter(({ path }) => isNeeded(path));
  if (given !== undefined || needed.some(({ path }) => path === `${GRAPH_FOLDER}/graph.json`)) return needed;
  const reference = `${model.name}@${model.version}`;
  throw new CliError('validation', `${reference} has no graph: it was not deployed (phase 7).`, {
    code: 'no_graph',
    hint: `Make one: forge models export ${reference} --to onnx --out DIR; then name it with --onnx DIR`,
  });
}

function lineOf(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // A line of the runtime, for people.
    return {};
  }
}

/** The program until it ends, by itself, by Ctrl-C or because it is stopped. */
function run(context: Context, words: readonly string[], onListening: OnListening): Promise<number> {
  const { console, io, signal } = context;
  const child = spawn(process.execPath, words, {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: a Ctrl-C in the terminal reaches it once, through us.
    detached: true,
  });
  let [refusal, stopped]: [Line | null, boolean] = [null, false];
  let heard: Promise<unknown> = Promise.resolve();
  const stop = () => {
    stopped = true;
    child.kill('SIGTERM');
  };
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = lineOf(text);
    if (line.type === 'refused') refusal = line;
    else if (line.type === 'serving') {
      heard = Promise.resolve(onListening(line as Listening, stop)).catch((error: unknown) => {
        stop();
        return { error };
      });
    } else console.note(text);
  });
  createInterface({ input: child.stderr }).on('line', (text) => console.warn(text));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return new Promise((settle, fail) => {
    child.once('error', (error) =>
      fail(
        new CliError('dependency', `The endpoint could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once('close', async (code) => {
      const failed = (await heard) as { readonly error: unknown } | undefined;
      if (failed) return fail(failed.error);
      if (!refusal) return settle(stopped ? 0 : (code ?? 1));
      const { kind, message = '', code: cause, hint } = refusal;
      return fail(new CliError(isErrorKind(kind) ? kind : 'bug', message, { code: cause, hint }));
    });
  });
}

/** Fetches a model's graph and tokenizer and answers on loopback until it is stopped; the exit code. */
export async function withEndpoint(
  context: Context,
  reference: string,
  { port = 0, onnx }: EndpointOptions,
  onListening: OnListening,
): Promise<number> {
  if (port > 65_535)
    throw new CliError('validation', `--port is ${port}; expected at most 65535.`, { code: 'usage' });
  const program = programOf(context.io);
  const model = await context.client.getModel(reference);
  requireUsable(model);
  const files = neededOf(model, onnx);
  const staging = await mkdtemp(join(tmpdir(), 'forge-serve-'));
  try {
    await fetchFiles(context, { name: model.name, version: model.version, files }, staging);
    const graph = onnx === undefined ? join(staging, GRAPH_FOLDER) : resolve(context.io.cwd, onnx);
    const words = [
      program,
      graph,
      join(staging, TOKENIZER),
      `${model.name}@${model.version}`,
      model.properties.weightsHash,
      String(port),
    ];
    return await run(context, words, onListening);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
