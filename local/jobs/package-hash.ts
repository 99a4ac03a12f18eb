import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const REQUIREMENTS = 'requirements.txt';

/**
 * The hash of a Python package and of the requirements beside it, as `python -m agent_forge fork-server` computes it.
 * Asked again and again, it reads the files only when one was added, removed or written to.
 * @param folder holds the package and requirements.txt
 */
export function packageHasher(folder: string, name: string): () => string {
  let known: { readonly stamp: string; readonly hash: string } | undefined;
  return () => {
    const files = pythonFiles(join(folder, name));
    const stamp = [...files.map((parts) => join(folder, name, ...parts)), join(folder, REQUIREMENTS)]
      .map(stampOf)
      .join('\n');
    if (known?.stamp !== stamp) known = { stamp, hash: hashPackage(folder, name, files) };
    return known.hash;
  };
}

/** Paths below a folder in pieces, ordered piece by piece, which is how Python orders paths. */
function pythonFiles(folder: string, below: readonly string[] = []): (readonly string[])[] {
  return readdirSync(join(folder, ...below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = [...below, entry.name];
      if (entry.isDirectory()) return pythonFiles(folder, path);
      return entry.name.endsWith('.py') ? [path] : [];
    });
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs}` : `${path} none`;
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** The hash of the package alone, as its results and checkpoints state it. */
export function codeHasher(folder: string, name: string): () => string {
  let known: { readonly stamp: string; readonly hash: string } | undefined;
  return () => {
    const files = pythonFiles(join(folder, name));
    const stamp = files.map((parts) => stampOf(join(folder, name, ...parts))).join('\n');
    if (known?.stamp !== stamp) known = { stamp, hash: hashFiles(folder, name, files) };
    return known.hash;
  };
}

function hashFiles(folder: string, name: string, files: readonly (readonly string[])[]): string {
  const lines = files.map(
    (parts) => `${parts.join('/')} ${sha256(readFileSync(join(folder, name, ...parts)))}\n`,
  );
  return sha256(lines.join(''));
}

function hashPackage(folder: string, name: string, files: readonly (readonly string[])[]): string {
  const requirements = join(folder, REQUIREMENTS);
  const pinned = statSync(requirements, { throwIfNoEntry: false })
    ? sha256(readFileSync(requirements))
    : 'none';
  return sha256(`${hashFiles(folder, name, files)} ${pinned}\n`);
}
