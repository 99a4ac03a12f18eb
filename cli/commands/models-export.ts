/** forge models export */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { unreadable } from '../documents/read-file.ts';
import { CliError } from '../errors.ts';
import { fetchFiles, requireUsable } from '../files/fetch-model.ts';
import { counted, formatBytes } from '../output/figures.ts';
import { runPython } from '../python/run-python.ts';

export interface ExportOptions {
  readonly to: 'hf' | 'gguf' | 'onnx' | 'safetensors';
  readonly out: string;
  readonly corpus?: string;
  readonly leaveOut?: string;
}

/** Looked at before anything is fetched; Python looks again when it publishes. */
async function requireFree(path: string, name: string): Promise<void> {
  let entries: readonly string[];
  try {
    entries = await readdir(path);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return;
    throw unreadable(name, error);
  }
  if (entries.length === 0) return;
  throw new CliError('validation', `${name} has something in it.`, {
    code: 'output_exists',
    hint: 'Name a folder that does not exist yet.',
  });
}

function shown(result: Readonly<Record<string, unknown>>): string {
  const files = Object.values(result.files as Readonly<Record<string, { readonly bytes: number }>>);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${String(result.to)}: ${counted(files.length, 'file')}, ${formatBytes(bytes)}\n${String(result.out)}`;
}

function warnings(result: Readonly<Record<string, unknown>>): readonly string[] {
  const standard = result.standard as { readonly measured: { readonly loss: number } | null } | null;
  const leftOut = result.standardLeftOut as string | null | undefined;
  if (leftOut) return [`standard/ was not written. ${leftOut}`];
  if (!standard) return [];
  if (!standard.measured) return ['Bits per byte were not measured: no text was given.'];
  return [`the plain transformer loses ${standard.measured.loss.toFixed(4)} bits per byte`];
}

/** Fetches a registered model and writes it in the form that another program loads, whole or not at all. */
export async function exportModel(
  context: Context,
  reference: string,
  { to, out, corpus, leaveOut }: ExportOptions,
): Promise<number> {
  const { client, console, io } = context;
  await requireFree(resolve(io.cwd, out), out);
  const model = await client.getModel(reference);
  requireUsable(model);
  const staging = await mkdtemp(join(tmpdir(), 'forge-export-'));
  try {
    const folder = join(staging, 'model');
    await mkdir(folder);
    await fetchFiles(context, model, folder);
    const record = join(staging, 'record.json');
    await writeFile(record, JSON.stringify(await client.getMetadata(model.id)));
    const words = [
      ...['export', '--model', folder, '--to', to, '--out', resolve(io.cwd, out), '--record', record],
      ...(corpus === undefined ? [] : ['--corpus', resolve(io.cwd, corpus)]),
      ...(leaveOut === undefined ? [] : ['--leave-out', leaveOut]),
    ];
    const environment = to === 'gguf' ? 'foreign' : 'own';
    const result = await runPython(context, { words, placeOf: () => out, environment });
    console.data(result, () => shown(result));
    for (const line of warnings(result)) console.warn(line);
    return 0;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
