/** Which files of a folder make up a model, and why the others are left out. Nothing but names and sizes is read. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import model from '#contracts/model-folder.json' with { type: 'json' };
import { unreadable } from '../documents/read-file.ts';
import { CliError } from '../errors.ts';
import { linkFault } from '../files/link-fault.ts';

export interface ModelFile {
  /** Path below the folder, with `/` between its parts. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

export interface ModelFolder {
  readonly files: readonly ModelFile[];
  readonly leftOut: readonly LeftOut[];
}

const WEIGHTS = [model.files.weights, model.files.index];
const NEEDED = [model.files.config, model.files.tokenizer];
/** What an export writes beside a config.json that is for another loader. */
const REGISTERED_CONFIG = 'forge_config.json';
const ALLOWED = /(\.(safetensors|json|md|txt)|(^|\/)(LICENSE|NOTICE))$/;
const PICKLE = /\.(pt|pth|bin|pkl|pickle|ckpt|joblib|npy|npz)$/i;
const ARCHIVE = /\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar)$/i;

const byPath = (left: { readonly path: string }, right: { readonly path: string }): number =>
  left.path < right.path ? -1 : 1;

function nameFault(path: string): string | null {
  if (PICKLE.test(path)) return 'a pickle: reading one can run any code';
  if (ARCHIVE.test(path)) return 'an archive';
  return ALLOWED.test(path) ? null : 'nothing that a model consists of';
}

async function visit(root: string, folder: string, files: ModelFile[], leftOut: LeftOut[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    const path = relative(root, file).split(sep).join('/');
    if (entry.name.startsWith('.')) leftOut.push({ path, reason: 'hidden' });
    else if (entry.isDirectory()) await visit(root, file, files, leftOut);
    else {
      const link = (await lstat(file)).isSymbolicLink() ? await linkFault(root, file) : null;
      const reason = link ?? (entry.isFile() || entry.isSymbolicLink() ? nameFault(path) : 'not a file');
      const bytes = reason ? 0 : (await stat(file)).size;
      if (reason) leftOut.push({ path, reason });
      else if (bytes === 0) leftOut.push({ path, reason: 'empty' });
      else files.push({ path, file, bytes });
    }
  }
}

function refuse(code: string, message: string, hint: string): CliError {
  return new CliError('validation', message, { code, hint });
}

/** What is left out without harm is told; that a model cannot be made of the rest is refused before anything is sent. */
function checkNeeded(name: string, { files, leftOut }: ModelFolder): void {
  const present = new Set(files.map(({ path }) => path));
  if (!WEIGHTS.some((path) => present.has(path))) {
    const pickles = leftOut.filter(({ path }) => PICKLE.test(path)).map(({ path }) => path);
    if (pickles.length > 0)
      throw refuse(
        'pickle_refused',
        `The weights in ${name} are a pickle (${pickles.join(', ')}). Loading one can run any code, so none is taken.`,
        'Convert them first: forge models convert FILE --out DIR. It runs nothing that is in the file.',
      );
  }
  const missing = [
    ...NEEDED,
    ...(WEIGHTS.some((path) => present.has(path)) ? [] : [model.files.weights]),
  ].filter((path) => !present.has(path));
  if (missing.length === 0) return;
  const why = leftOut.find(({ path }) => missing.includes(path));
  throw refuse(
    'missing_file',
    `${name} is no model: it has no ${missing.join(', no ')}.`,
    why
      ? `${why.path} was left out: ${why.reason}.`
      : 'A model is a folder with model.safetensors (or its index and shards), config.json and tokenizer.json.',
  );
}

/**
 * An export for Hugging Face has the registered configuration beside one that names code for its loader. The
 * registered one is what is sent, under the name that it had.
 */
function withRegisteredConfig({ files, leftOut }: ModelFolder): ModelFolder {
  const registered = files.find(({ path }) => path === REGISTERED_CONFIG);
  if (!registered) return { files, leftOut };
  const others = files.filter(({ path }) => path !== REGISTERED_CONFIG && path !== model.files.config);
  const reason = `for another loader; ${REGISTERED_CONFIG} is sent in its place`;
  const replaced = files.some(({ path }) => path === model.files.config)
    ? [{ path: model.files.config, reason }]
    : [];
  return {
    files: [...others, { ...registered, path: model.files.config }].sort(byPath),
    leftOut: [...leftOut, ...replaced].sort(byPath),
  };
}

/** Throws `validation` unless the folder has what a model needs. */
export async function collectModel(path: string, name: string): Promise<ModelFolder> {
  const root = await realpath(path);
  if (!(await stat(root)).isDirectory())
    throw refuse('not_a_folder', `${name} is a file.`, 'Name the folder that the files of the model lie in.');
  const files: ModelFile[] = [];
  const leftOut: LeftOut[] = [];
  await visit(root, root, files, leftOut);
  const found = withRegisteredConfig({ files: files.sort(byPath), leftOut: leftOut.sort(byPath) });
  checkNeeded(name, found);
  return found;
}

/** The model folder that a command line names. */
export async function collectModelFolder(cwd: string, dir: string): Promise<ModelFolder> {
  try {
    return await collectModel(resolve(cwd, dir), dir);
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(dir, error);
  }
}
