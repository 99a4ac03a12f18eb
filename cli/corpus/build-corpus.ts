/** Writes documents as NDJSON. The same files give the same bytes. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unreadable } from '../documents/read-file.ts';
import { CliError } from '../errors.ts';
import { type Collection, collectTexts, readText, type SkippedFile, type TextFile } from './collect-texts.ts';

export interface BuiltCorpus {
  /** NDJSON file; in a folder of its own that `dispose` removes, or the file that was given. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null for an NDJSON file that is sent as it is: the server counts. */
  readonly documents: number | null;
  readonly skipped: readonly SkippedFile[];
  dispose(): Promise<void>;
}

const NDJSON = /\.(ndjson|jsonl)$/i;

interface Counts {
  documents: number;
  bytes: number;
}

/** One line per text that is not there yet; of equal texts the first in the order stays. */
async function* documentLines(files: readonly TextFile[], counts: Counts, skipped: SkippedFile[]) {
  const seen = new Map<string, string>();
  for (const { id, path } of files) {
    const read = await readText(path);
    if ('reason' in read) {
      skipped.push({ id, reason: read.reason });
      continue;
    }
    const hash = createHash('sha256').update(read.text).digest('base64');
    const first = seen.get(hash);
    if (first !== undefined) {
      skipped.push({ id, reason: `same text as ${first}` });
      continue;
    }
    seen.set(hash, id);
    counts.documents += 1;
    yield Buffer.from(`${JSON.stringify({ id, text: read.text })}\n`, 'utf8');
  }
}

function hashing(counts: Counts) {
  const hash = createHash('sha256');
  return {
    hash,
    pass: async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        counts.bytes += chunk.length;
        yield chunk;
      }
    },
  };
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<BuiltCorpus> {
  const counts: Counts = { documents: 0, bytes: 0 };
  const { hash, pass } = hashing(counts);
  for await (const _chunk of pass(createReadStream(path, signal ? { signal } : {})));
  if (counts.bytes === 0) throw empty(path, []);
  return {
    path,
    sha256: hash.digest('hex'),
    bytes: counts.bytes,
    documents: null,
    skipped: [],
    dispose: async () => undefined,
  };
}

function empty(path: string, skipped: readonly SkippedFile[]): CliError {
  const left = skipped.length > 0 ? ` Left out: ${describeSkipped(skipped, 3)}.` : '';
  return new CliError('validation', `There is no text in ${path}.${left}`, {
    code: 'empty_corpus',
    hint: 'Text is UTF-8 in files such as .txt, .md or .rst; name other endings with --ext, as in --ext txt,html',
  });
}

/** `2 not UTF-8 (a.txt, b.txt); 1 empty (c.txt)`: per reason, how many, and the names of the first. */
export function describeSkipped(skipped: readonly SkippedFile[], named = 5): string {
  const byReason = new Map<string, string[]>();
  for (const { id, reason } of skipped) {
    const ids = byReason.get(reason) ?? [];
    ids.push(id);
    byReason.set(reason, ids);
  }
  const groups = [...byReason].map(([reason, ids]) => {
    const more = ids.length > named ? `, and ${ids.length - named} more` : '';
    return `${ids.length} ${reason} (${ids.slice(0, named).join(', ')}${more})`;
  });
  return groups.join('; ');
}

async function writeCorpus(
  source: string,
  { files, skipped: before }: Collection,
  signal: AbortSignal | undefined,
): Promise<BuiltCorpus> {
  const folder = await mkdtemp(join(tmpdir(), 'forge-corpus-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'corpus.ndjson');
  const counts: Counts = { documents: 0, bytes: 0 };
  const skipped: SkippedFile[] = [];
  const { hash, pass } = hashing(counts);
  try {
    // One text at a time in memory, whatever the folder's size.
    const lines = Readable.from(pass(documentLines(files, counts, skipped)));
    await pipeline(lines, createWriteStream(path), signal ? { signal } : {});
    const all = [...before, ...skipped];
    if (counts.documents === 0) throw empty(source, all);
    return { path, sha256: hash.digest('hex'), ...counts, skipped: all, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

export interface BuildOptions {
  /** File endings that count as text. */
  readonly endings?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
}

/** Builds a corpus from a folder of texts or a single text; an NDJSON file is taken as it is. */
export async function buildCorpus(
  cwd: string,
  source: string,
  { endings, signal }: BuildOptions = {},
): Promise<BuiltCorpus> {
  const path = resolve(cwd, source);
  try {
    if (NDJSON.test(path) && (await stat(path)).isFile()) return await hashFile(path, signal);
    return await writeCorpus(source, await collectTexts(path, endings), signal);
  } catch (error) {
    throw error instanceof CliError || signal?.aborted ? error : unreadable(source, error);
  }
}
