/** Which files of a folder are documents, and why the others are not. */
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { linkFault } from '../files/link-fault.ts';

export interface TextFile {
  /** Path below the folder, with `/` between its parts: the document's id. */
  readonly id: string;
  readonly path: string;
}

export interface SkippedFile {
  readonly id: string;
  readonly reason: string;
}

export interface Collection {
  readonly files: readonly TextFile[];
  readonly skipped: readonly SkippedFile[];
}

export const TEXT_ENDINGS: readonly string[] = [
  'txt',
  'text',
  'md',
  'markdown',
  'rst',
  'adoc',
  'asciidoc',
  'org',
  'tex',
];

/** One document is one line of the corpus; the server takes lines up to 64 MiB. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** The same order on every machine: by code units, not by the language of the user. */
function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

function isText(name: string, endings: readonly string[]): boolean {
  const ending = extname(name).slice(1).toLowerCase();
  return ending === '' || endings.includes(ending);
}

interface Found {
  readonly files: TextFile[];
  readonly skipped: SkippedFile[];
}

async function visitFile(
  root: string,
  path: string,
  endings: readonly string[],
  found: Found,
): Promise<void> {
  const id = relative(root, path).split(sep).join('/');
  const facts = await lstat(path);
  const fault = facts.isSymbolicLink() ? await linkFault(root, path) : facts.isFile() ? null : 'not a file';
  if (fault) found.skipped.push({ id, reason: fault });
  else if (!isText(path, endings)) found.skipped.push({ id, reason: 'not a text ending' });
  else if ((await stat(path)).size > MAX_FILE_BYTES) found.skipped.push({ id, reason: 'larger than 32 MiB' });
  else found.files.push({ id, path });
}

async function visitFolder(
  root: string,
  folder: string,
  endings: readonly string[],
  found: Found,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.'))
      found.skipped.push({ id: relative(root, path).split(sep).join('/'), reason: 'hidden' });
    else if (entry.isDirectory()) await visitFolder(root, path, endings, found);
    else await visitFile(root, path, endings, found);
  }
}

/** @param path a folder, or one file that is taken whatever its ending */
export async function collectTexts(
  path: string,
  endings: readonly string[] = TEXT_ENDINGS,
): Promise<Collection> {
  const root = await realpath(path);
  if ((await stat(root)).isFile()) return { files: [{ id: basename(path), path: root }], skipped: [] };
  const found: Found = { files: [], skipped: [] };
  await visitFolder(root, root, endings, found);
  return { files: found.files.sort(byId), skipped: found.skipped.sort(byId) };
}

/** The text of a file, or why it is none. */
export async function readText(
  path: string,
): Promise<{ readonly text: string } | { readonly reason: string }> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return { reason: 'not readable' };
  if (bytes.includes(0)) return { reason: 'binary (has a NUL byte)' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? { reason: 'empty' } : { text };
  } catch {
    return { reason: 'not UTF-8' };
  }
}
