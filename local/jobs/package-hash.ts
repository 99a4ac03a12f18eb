import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

const REQUIREMENTS = 'requirements.txt';
/** Python, and what the kernels are compiled from; as in `agent_forge/code_hash.py`. */
const SOURCES = ['.py', '.c'];
/** No job runs these; as in `agent_forge/code_hash.py`. */
const NO_JOB_RUNS = ['experiments', 'export', 'fork_server', 'registry.py'];

/** One file of the package: its path below the package in pieces, and the hash of its bytes. */
interface SourceFile {
  readonly parts: readonly string[];
  readonly sha256: string;
}

/**
 * The hash of a Python package and of the requirements beside it, as `python -m agent_forge fork-server` computes it.
 * Asked again and again, it reads the files only when one was added, removed or written to.
 * @param folder holds the package and requirements.txt
 */
export function packageHasher(folder: string, name: string): () => string {
  const files = sourceFiles(join(folder, name));
  const requirements = join(folder, REQUIREMENTS);
  const pinned = remembered(
    () => stampOf(requirements),
    () => (statSync(requirements, { throwIfNoEntry: false }) ? sha256(readFileSync(requirements)) : 'none'),
  );
  return () => sha256(`${digest(files())} ${pinned()}\n`);
}

/**
 * The hash of the code that jobs of a phase run, as their results and checkpoints state it: what phases share, and the
 * phase's own folder. A change of another phase's leaves it as it is.
 */
export function codeHasher(folder: string, name: string): (phase: string) => string {
  const files = sourceFiles(join(folder, name));
  return (phase) => digest(files().filter(({ parts }) => isRunBy(parts, phase.replaceAll('-', '_'))));
}

function isRunBy([top = '', below, ...rest]: readonly string[], ownFolder: string): boolean {
  if (top === 'phases' && rest.length > 0) return below === ownFolder;
  return !NO_JOB_RUNS.includes(top);
}

/** All files of source of a package with their hashes. */
function sourceFiles(folder: string): () => readonly SourceFile[] {
  return remembered(
    () =>
      sourcesBelow(folder)
        .map((parts) => stampOf(join(folder, ...parts)))
        .join('\n'),
    () =>
      sourcesBelow(folder).map((parts) => ({ parts, sha256: sha256(readFileSync(join(folder, ...parts))) })),
  );
}

/** A value that is read again only when its stamp is another one. */
function remembered<Value>(stamp: () => string, read: () => Value): () => Value {
  let known: { readonly stamp: string; readonly value: Value } | undefined;
  return () => {
    const now = stamp();
    if (known?.stamp !== now) known = { stamp: now, value: read() };
    return known.value;
  };
}

/** Paths below a folder in pieces, ordered piece by piece, which is how Python orders paths. */
function sourcesBelow(folder: string, below: readonly string[] = []): (readonly string[])[] {
  return readdirSync(join(folder, ...below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = [...below, entry.name];
      if (entry.isDirectory()) return sourcesBelow(folder, path);
      return SOURCES.includes(extname(entry.name)) ? [path] : [];
    });
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs}` : `${path} none`;
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

const digest = (files: readonly SourceFile[]): string =>
  sha256(files.map(({ parts, sha256: hash }) => `${parts.join('/')} ${hash}\n`).join(''));
