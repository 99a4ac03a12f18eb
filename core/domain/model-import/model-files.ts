/** The files that make up an imported model: which there must be, what they may be called, what they must not be. */
import folder from '#contracts/model-folder.json' with { type: 'json' };
import { ForgeError, type Problem } from '../errors.ts';
import { refusal, shown } from './model-refusal.ts';
import { LENGTH_BYTES } from './safetensors.ts';

export const {
  weights: WEIGHTS,
  index: INDEX,
  config: CONFIG,
  tokenizer: TOKENIZER,
  properties: PROPERTIES,
} = folder.files;

/** Beginnings of the names of tensors that later phases add: they are outside the architecture hash. */
export const LATE_BLOCKS: readonly string[] = folder.lateBlocks;

/** As much as is looked at of a file to see what it is. */
export const SNIFFED_BYTES = 4096;

export interface OfferedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

const SAFE_PATH = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
/** Names that are devices on some systems, whatever follows the dot. */
const DEVICE = /(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(\/|$)/i;
const PICKLES = /\.(pt|pth|bin|pkl|pickle|ckpt|joblib|npy|npz)$/i;
const ARCHIVES_BY_NAME = /\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar)$/i;
const ALLOWED = /(\.(safetensors|json|md|txt)|(^|\/)(LICENSE|NOTICE))$/;

export function isSafePath(path: string): boolean {
  return path.length <= 300 && SAFE_PATH.test(path) && !DEVICE.test(path);
}

export function unsafePath(path: string, where: string): ForgeError {
  return refusal('unsafe_path', `${where} names "${shown(path)}", which is no plain path inside the model.`, {
    hint: 'Paths are made of letters, digits, . _ - and single slashes, without .. and device names.',
  });
}

export function pickleRefused(path: string): ForgeError {
  return refusal(
    'pickle_refused',
    `${shown(path)} is a pickle. Loading one can run any code, so none is taken.`,
    {
      hint: 'Convert it on your machine and import the folder: forge models convert FILE.pt --out DIR. It runs nothing that is in the file.',
    },
  );
}

function archiveRefused(path: string, what: string): ForgeError {
  return new ForgeError('unsupported_media_type', `${shown(path)} is a ${what} archive.`, {
    code: 'archives_not_accepted',
    hint: 'Upload the files of the model one by one.',
  });
}

/** Throws where the name is that of a pickle or an archive. */
export function refuseNames(path: string): void {
  if (PICKLES.test(path)) throw pickleRefused(path);
  if (ARCHIVES_BY_NAME.test(path)) throw archiveRefused(path, 'compressed or packed');
}

/** Throws unless the paths are safe, allowed, there once, and the needed ones among them. */
export function checkFileNames(files: readonly OfferedFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (!isSafePath(path)) throw unsafePath(path, 'The list of files');
    if (seen.has(path.toLowerCase()))
      throw refusal('duplicate', `The list of files has "${shown(path)}" twice.`);
    seen.add(path.toLowerCase());
    refuseNames(path);
    if (ALLOWED.test(path)) continue;
    throw refusal('file_not_allowed', `"${shown(path)}" is nothing that a model consists of.`, {
      hint: 'Taken are *.safetensors, *.json, *.md, *.txt, LICENSE and NOTICE.',
    });
  }
  requireFiles(seen);
}

function requireFiles(present: ReadonlySet<string>): void {
  const hasWeights = present.has(WEIGHTS) !== present.has(INDEX);
  const missing = [CONFIG, TOKENIZER, ...(hasWeights ? [] : [WEIGHTS])].filter((path) => !present.has(path));
  if (missing.length > 0) {
    const problems = missing.map(
      (path): Problem => ({ pointer: '/files', code: 'missing_file', message: `${path} is missing` }),
    );
    throw refusal(
      'missing_file',
      `A model needs ${WEIGHTS} (or ${INDEX} and its shards), ${CONFIG} and ${TOKENIZER}.`,
      {
        problems,
        hint: `Missing: ${missing.join(', ')}.`,
      },
    );
  }
  if (hasWeights) return;
  throw refusal(
    'index_mismatch',
    `There are both ${WEIGHTS} and ${INDEX}; which one counts cannot be told.`,
    {
      hint: 'Send one of the two.',
    },
  );
}

const startsWith = (bytes: Uint8Array, magic: readonly number[], at = 0): boolean =>
  magic.every((byte, position) => bytes[at + position] === byte);

const ARCHIVES: readonly (readonly [string, readonly number[], number?])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['tar', [0x75, 0x73, 0x74, 0x61, 0x72], 257],
];

/** A length below 16 MiB and a brace: no pickle and no archive begins like this, though its first two bytes may look so. */
function beginsLikeSafetensors(head: Uint8Array): boolean {
  return startsWith(head, [0, 0, 0, 0, 0], 3) && head[LENGTH_BYTES] === 0x7b;
}

/** Protocols 2 and up announce themselves; older ones are lines of text that begin with an opcode. */
function beginsLikePickle(head: Uint8Array): boolean {
  if (head[0] === 0x80 && (head[1] ?? 0xff) <= 5) return true;
  const text = String.fromCharCode(...head.subarray(0, 200));
  return /^\(?(c[A-Za-z_][\w.]*\n[\w.]+\n|[ldt]p\d+\n|i[A-Za-z_][\w.]*\n)/.test(text);
}

/** What torch.save writes since 2020: a zip whose first entries are `…/data.pkl` and its neighbours. */
function holdsPickle(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return /\.pkl|\/\.(?:data|format_version|storage_alignment)|\/(?:byteorder|version|data)\b/.test(text);
}

/** Throws when the first bytes are those of a pickle or an archive, whatever the file is called. */
export function refuseDangerous(path: string, head: Uint8Array): void {
  if (beginsLikeSafetensors(head)) return;
  if (beginsLikePickle(head)) throw pickleRefused(path);
  if (startsWith(head, [0x50, 0x4b])) {
    throw holdsPickle(head) ? pickleRefused(path) : archiveRefused(path, 'zip');
  }
  const archive = ARCHIVES.find(([, magic, at]) => startsWith(head, magic, at));
  if (archive) throw archiveRefused(path, archive[0]);
}
