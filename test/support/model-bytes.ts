/** Safetensors files and whole model folders, made byte by byte, right or wrong as a test wants them. */
import type { OfferedFile } from '#core/domain/model-import/model-files.ts';
import { sha256Of } from './memory/blobs.ts';
import type { MemoryStore } from './memory/store.ts';
import { storeFile } from './toy-models.ts';

export interface ToyTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export const f32 = (shape: readonly number[], values: readonly number[]): ToyTensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});

/** Counts up from one, so that no matrix is all zero. */
export const counting = (shape: readonly number[]): ToyTensor =>
  f32(
    shape,
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => index + 1),
  );

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Eight bytes of length, the header as it is given, the data. */
export function withHeader(header: string | Uint8Array, data: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = typeof header === 'string' ? textBytes(header) : header;
  return joined(lengthOf(BigInt(bytes.length)), bytes, data);
}

export function lengthOf(length: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

export function safetensors(
  tensors: Readonly<Record<string, ToyTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const offsets = [at, at + data.length];
    at += data.length;
    return [name, { dtype, shape, data_offsets: offsets }];
  });
  const header = Object.fromEntries([...(metadata ? [['__metadata__', metadata]] : []), ...entries]);
  return withHeader(JSON.stringify(header), joined(...Object.values(tensors).map(({ data }) => data)));
}

/** Eight tokens of four numbers and two blocks: what a TinyTitan's file looks like, in small. */
export const TOY_TENSORS: Readonly<Record<string, ToyTensor>> = {
  'blocks.0.attn.q.weight': counting([4, 4]),
  'blocks.1.attn.q.weight': counting([4, 4]),
  'embedding.weight': counting([8, 4]),
  'norm.weight': counting([4]),
};

export const TOY_CONFIG = {
  schema_version: 1,
  arch: { d_model: 4, vocab_size: 8 },
  quant: { enabled: false },
};
export const TOY_TOKENIZER = {
  model: { type: 'BPE', vocab: { a: 0, b: 1, c: 2, d: 3 } },
  added_tokens: [4, 5, 6, 7].map((id) => ({ id, content: `<|reserved_${id}|>` })),
};

export type ToyFiles = Readonly<Record<string, Uint8Array | string>>;

export function toyModelFiles(change: ToyFiles = {}): ToyFiles {
  return {
    'model.safetensors': safetensors(TOY_TENSORS),
    'config.json': JSON.stringify(TOY_CONFIG),
    'tokenizer.json': JSON.stringify(TOY_TOKENIZER),
    ...change,
  };
}

/** Puts the files into the store under their hashes, as a client does, and lists them as an import names them. */
export function uploaded(store: MemoryStore, files: ToyFiles): OfferedFile[] {
  return Object.entries(files).map(([path, content]) => {
    if (typeof content === 'string') {
      const { sha256, bytes } = storeFile(store, path, content);
      return { path, sha256, bytes };
    }
    const sha256 = sha256Of(content);
    store.blobs.set(`blobs/default/sha256/${sha256.slice(0, 2)}/${sha256}`, content);
    return { path, sha256, bytes: content.length };
  });
}
