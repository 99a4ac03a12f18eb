/** forge models serve */
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

const GRAPH_FOLDER = 'onnx';
const TOKENIZER = 'tokenizer.json';

interface Line {
  readonly type?: 'serving' | 'refused';
  readonly url?: string;
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
    hint: `Make one: forge models export ${reference} --to onnx --out DIR; then: forge models serve ${reference} --onnx DIR`,
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

/** The program in the foreground, until it ends or Ctrl-C. */
function run(context: Context, program: string, words: readonly string[]): Promise<number> {
  const { console, io, signal } = context;
  const child = spawn(process.execPath, [program, ...words], {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: a Ctrl-C in the terminal reaches it once, through us.
    detached: true,
  });
  let refusal: Line | null = null;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = lineOf(text);
    if (line.type === 'refused') refusal = line;
    else if (line.type === 'serving') {
      console.data(line, () => `${line.url}/v1/completions`);
      console.note('Stop it with Ctrl-C.');
    } else console.note(text);
  });
  createInterface({ input: child.stderr }).on('line', (text) => console.warn(text));
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return new Promise((settle, fail) => {
    child.once('error', (error) =>
      fail(
        new CliError('dependency', `The endpoint could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once('close', (code) => {
      if (!refusal) return settle(signal.aborted ? 0 : (code ?? 1));
      const { kind, message = '', code: cause, hint } = refusal;
      return fail(new CliError(isErrorKind(kind) ? kind : 'bug', message, { code: cause, hint }));
    });
  });
}

/** Fetches a model's graph and tokenizer and answers on loopback until it is stopped. */
export async function serveModel(
  context: Context,
  reference: string,
  { port = 0, onnx }: { readonly port?: number; readonly onnx?: string },
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
    return await run(context, program, [
      graph,
      join(staging, TOKENIZER),
      `${model.name}@${model.version}`,
      model.properties.weightsHash,
      String(port),
    ]);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
