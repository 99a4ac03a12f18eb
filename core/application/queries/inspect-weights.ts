/** Reads one uploaded file from its first byte to its last, once: its hash, and of weights header and data. */
import { createHash, type Hash } from 'node:crypto';
import { contentKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { type OfferedFile, refuseDangerous, SNIFFED_BYTES } from '../../domain/model-import/model-files.ts';
import { refusal, shown } from '../../domain/model-import/model-refusal.ts';
import {
  LENGTH_BYTES,
  readHeader,
  readHeaderLength,
  type TensorInfo,
} from '../../domain/model-import/safetensors.ts';
import { type ScannedTensor, TensorScan } from '../../domain/model-import/safetensors-scan.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** Where a tenant's uploads lie. */
export type Uploads = Pick<ReadPorts, 'blobs'> & { readonly tenant: string };

export interface Weights {
  readonly tensors: readonly TensorInfo[];
  readonly scanned: readonly ScannedTensor[];
}

export function notUploaded({ path, sha256 }: OfferedFile): ForgeError {
  return new ForgeError('not_found', `There is no uploaded blob ${sha256} for ${shown(path)}.`, {
    hint: 'Upload it first: POST /v1/uploads gives an address to PUT the bytes to.',
  });
}

function mismatch(path: string, what: string, expected: string, got: string): ForgeError {
  return refusal('checksum_mismatch', `${shown(path)}: its ${what} is ${got}, expected ${expected}.`, {
    problems: [
      { pointer: '/files', code: 'checksum_mismatch', message: `${shown(path)}: ${what}`, expected, got },
    ],
    hint: 'Upload the file again.',
  });
}

/** What looks at a file while it passes. */
interface Inspector {
  push(chunk: Uint8Array): void;
  /** After the last byte. */
  end(): void;
}

/**
 * Streams a file through an inspector and compares its hash.
 *
 * What the inspector found wrong is said last: of bytes that are not the announced ones, that is what is wrong.
 */
async function passThrough(
  { blobs, tenant }: Uploads,
  file: OfferedFile,
  inspector: Inspector,
): Promise<void> {
  const hash = createHash('sha256');
  const stream = await blobs.stream(contentKey(tenant, file.sha256));
  if (!stream) throw notUploaded(file);
  let found: unknown = null;
  for await (const chunk of stream) {
    hash.update(chunk);
    found ??= faultOf(() => inspector.push(chunk));
  }
  compare(file, hash);
  found ??= faultOf(() => inspector.end());
  if (found !== null) throw found;
}

function faultOf(look: () => void): unknown {
  try {
    look();
    return null;
  } catch (error) {
    return error;
  }
}

function compare(file: OfferedFile, hash: Hash): void {
  const got = hash.digest('hex');
  if (got !== file.sha256) throw mismatch(file.path, 'SHA-256', file.sha256, got);
}

/** Throws unless the file was uploaded with the length that it is said to have. */
export async function requireUploaded({ blobs, tenant }: Uploads, file: OfferedFile): Promise<void> {
  const facts = await blobs.head(contentKey(tenant, file.sha256));
  if (!facts) throw notUploaded(file);
  if (facts.bytes !== file.bytes) throw mismatch(file.path, 'length', `${file.bytes}`, `${facts.bytes}`);
}

/** Holds bytes back until there are enough of them to be looked at. */
class Gathering {
  private readonly chunks: Uint8Array[] = [];
  bytes = 0;

  add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  take(): Uint8Array {
    const whole = new Uint8Array(this.bytes);
    let at = 0;
    for (const chunk of this.chunks.splice(0)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.bytes = 0;
    return whole;
  }
}

/** First what the file is, then how long its header is, then the header, then the data. */
class WeightsInspector implements Inspector {
  private readonly file: OfferedFile;
  private readonly gathering = new Gathering();
  private wanted: number;
  private headerBytes: number | null = null;
  private scan: TensorScan | null = null;
  private tensors: readonly TensorInfo[] = [];

  constructor(file: OfferedFile) {
    this.file = file;
    this.wanted = Math.min(SNIFFED_BYTES, file.bytes);
  }

  push(chunk: Uint8Array): void {
    if (this.scan) {
      this.scan.push(chunk);
      return;
    }
    this.gathering.add(chunk);
    if (this.gathering.bytes >= this.wanted) this.look(this.gathering.take());
  }

  private look(bytes: Uint8Array): void {
    if (this.headerBytes === null) {
      refuseDangerous(this.file.path, bytes.subarray(0, SNIFFED_BYTES));
      this.headerBytes = readHeaderLength(bytes, this.file.bytes);
      this.wanted = LENGTH_BYTES + this.headerBytes;
    }
    if (bytes.length < this.wanted) {
      this.gathering.add(bytes);
      return;
    }
    const header = bytes.subarray(LENGTH_BYTES, this.wanted);
    this.tensors = readHeader(header, this.file.bytes - this.wanted);
    this.scan = new TensorScan(this.tensors);
    this.scan.push(bytes.subarray(this.wanted));
  }

  end(): void {
    // An empty file brings no chunk to look at.
    if (!this.scan) this.look(this.gathering.take());
  }

  result(): Weights {
    return { tensors: this.tensors, scanned: this.scan?.result() ?? [] };
  }
}

/** Header and data of one safetensors file, both read as from a stranger. */
export async function inspectWeights(uploads: Uploads, file: OfferedFile): Promise<Weights> {
  const inspector = new WeightsInspector(file);
  await passThrough(uploads, file, inspector);
  return inspector.result();
}

/** The bytes of a small file. */
export async function inspectDocument(
  uploads: Uploads,
  file: OfferedFile,
  limit: number,
): Promise<Uint8Array> {
  if (file.bytes > limit) {
    throw refusal('out_of_range', `${shown(file.path)} has ${file.bytes} bytes; ${limit} are allowed.`);
  }
  const gathering = new Gathering();
  let bytes = new Uint8Array();
  await passThrough(uploads, file, {
    push: (chunk) => gathering.add(chunk),
    end: () => {
      bytes = Uint8Array.from(gathering.take());
      refuseDangerous(file.path, bytes.subarray(0, SNIFFED_BYTES));
    },
  });
  return bytes;
}
