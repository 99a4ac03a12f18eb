/** forge corpora add */
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { buildCorpus, describeSkipped } from '../corpus/build-corpus.ts';
import { registerBuiltCorpus } from '../corpus/register-corpus.ts';
import { nameFromPath } from '../documents/name-from-path.ts';
import { counted, formatBytes } from '../output/figures.ts';

export interface AddOptions {
  readonly name?: string;
  readonly licence: string;
  readonly ext?: string;
}

function endingsOf(list: string | undefined): readonly string[] | undefined {
  return list
    ?.split(',')
    .map((ending) => ending.trim().replace(/^\./, '').toLowerCase())
    .filter(Boolean);
}

export async function addCorpus(context: Context, path: string, options: AddOptions): Promise<number> {
  const { io, client, console, signal } = context;
  const name = options.name ?? nameFromPath(resolve(io.cwd, path));
  const built = await buildCorpus(io.cwd, path, { endings: endingsOf(options.ext), signal });
  try {
    const corpus = await registerBuiltCorpus(client, built, { name, licence: options.licence });
    const { skipped } = built;
    const size = `${counted(corpus.documents, 'document')}, ${formatBytes(corpus.bytes)}`;
    console.data(
      { corpus, skipped },
      () => `${corpus.name}: ${size}, SHA-256 ${corpus.sha256}\nid ${corpus.id}`,
    );
    if (skipped.length > 0)
      console.warn(`left out ${counted(skipped.length, 'file')}: ${describeSkipped(skipped)}`);
    if (options.licence === 'unknown')
      console.note('The licence is noted as "unknown"; say what the texts may be used for with --licence.');
    console.note(
      `Train on it with "input: { corpus: ${corpus.name} }" in a run document; see examples/own-text.yaml`,
    );
    return 0;
  } finally {
    await built.dispose();
  }
}
