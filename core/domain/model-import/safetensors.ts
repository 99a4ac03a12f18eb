/**
 * The header of a safetensors file: eight bytes of length, then JSON that says where each tensor lies.
 *
 * Stricter than the library: keys that stand twice, unknown members and anything beyond our caps are refused.
 */
import { repeatedKey } from '../json-keys.ts';
import { refusal, shown } from './model-refusal.ts';

export const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 8 * 1024 * 1024;
const MAX_TENSORS = 100_000;
const MAX_NAME_BYTES = 512;
const MAX_RANK = 8;

/** Bytes per element, and whether it is a floating-point type. */
export const DTYPES = {
  BOOL: { bytes: 1, floating: false },
  U8: { bytes: 1, floating: false },
  I8: { bytes: 1, floating: false },
  F8_E5M2: { bytes: 1, floating: true },
  F8_E4M3: { bytes: 1, floating: true },
  I16: { bytes: 2, floating: false },
  U16: { bytes: 2, floating: false },
  F16: { bytes: 2, floating: true },
  BF16: { bytes: 2, floating: true },
  I32: { bytes: 4, floating: false },
  U32: { bytes: 4, floating: false },
  F32: { bytes: 4, floating: true },
  I64: { bytes: 8, floating: false },
  U64: { bytes: 8, floating: false },
  F64: { bytes: 8, floating: true },
} as const;
export type Dtype = keyof typeof DTYPES;

export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** Length of the header, from the first bytes of the file. */
export function readHeaderLength(first: Uint8Array, fileBytes: number): number {
  if (fileBytes < LENGTH_BYTES || first.length < LENGTH_BYTES) {
    throw refusal(
      'header_too_small',
      `The file has ${fileBytes} bytes; the length of the header alone takes 8.`,
      {
        hint: 'Save the weights again with safetensors.',
      },
    );
  }
  const length = new DataView(first.buffer, first.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES);
  if (length <= BigInt(most)) return Number(length);
  throw refusal('header_too_large', `The header claims ${length} bytes; at most ${most} are possible here.`, {
    hint: 'The file is cut off, or it is no safetensors file.',
  });
}

function invalid(what: string): Error {
  return refusal('header_invalid', `The header of the safetensors file ${what}.`, {
    hint: 'Save the weights again with safetensors.',
  });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid('is not UTF-8');
  }
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  const text = decode(bytes);
  if (!text.startsWith('{')) throw invalid('does not begin with {');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw invalid('is not JSON');
  }
  const twice = repeatedKey(text);
  if (twice?.depth === 1)
    throw refusal('duplicate_tensor', `The header names "${shown(twice.key)}" twice.`, {
      hint: 'Which of the two is meant cannot be told; save the weights again.',
    });
  if (twice) throw invalid(`has the key "${shown(twice.key)}" twice in one entry`);
  return header as Record<string, unknown>;
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  const isText = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (isText && Object.values(metadata).every((value) => typeof value === 'string')) return;
  throw invalid('has a __metadata__ that is not an object of texts');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Number of elements, or null where the shape is not one or its product is beyond exact numbers. */
function elementsOf(shape: unknown): number | null {
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) return null;
  let elements = 1;
  for (const size of shape) {
    elements *= size;
    // Other readers multiply in the same order: what overflows on the way overflows, whatever follows.
    if (!isCount(elements)) return null;
  }
  return elements;
}

function readOffsets(name: string, offsets: unknown): readonly [begin: number, end: number] {
  const [begin, end, ...more] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  if (isCount(begin) && isCount(end) && begin <= end && more.length === 0) return [begin, end];
  const got = shown(JSON.stringify(offsets));
  throw refusal('offsets_invalid', `Tensor "${shown(name)}" has the offsets ${got}; expected [begin, end].`);
}

function readTensor(name: string, entry: unknown): TensorInfo {
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES || /\p{Surrogate}/u.test(name)) {
    throw invalid(`has a tensor name longer than ${MAX_NAME_BYTES} bytes or not of whole characters`);
  }
  const known = Object.keys(entry ?? {})
    .sort()
    .join();
  if (typeof entry !== 'object' || known !== 'data_offsets,dtype,shape') {
    throw invalid(`has an entry "${shown(name)}" that is not {dtype, shape, data_offsets}`);
  }
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype)) {
    throw refusal(
      'shape_mismatch',
      `Tensor "${shown(name)}" has the unknown type ${shown(JSON.stringify(dtype))}.`,
      {
        hint: `Known types: ${Object.keys(DTYPES).join(', ')}.`,
      },
    );
  }
  const [begin, end] = readOffsets(name, offsets);
  const elements = elementsOf(shape);
  const expected = elements === null ? null : elements * DTYPES[dtype as Dtype].bytes;
  if (expected !== end - begin) {
    throw refusal(
      'shape_mismatch',
      `Tensor "${shown(name)}" of shape ${shown(JSON.stringify(shape))} and type ${dtype} needs ` +
        `${expected ?? 'no possible number of'} bytes, its offsets give it ${end - begin}.`,
      { hint: `Shapes are at most ${MAX_RANK} whole numbers.` },
    );
  }
  return { name, dtype: dtype as Dtype, shape: shape as number[], begin, end };
}

/** Tensors lie one after the other from the first byte to the last: no hole, no overlap, nothing behind. */
function checkOffsets(tensors: readonly TensorInfo[], dataBytes: number): void {
  let at = 0;
  for (const { name, begin, end } of tensors) {
    if (begin !== at) {
      throw refusal(
        'offsets_invalid',
        `Tensor "${shown(name)}" begins at byte ${begin}, expected ${at}: there is ${begin > at ? 'a hole' : 'an overlap'}.`,
      );
    }
    at = end;
  }
  if (at === dataBytes) return;
  const last = tensors.at(-1)?.name ?? 'no tensor';
  throw refusal(
    'offsets_invalid',
    `The tensors (last: "${shown(last)}") end at byte ${at}, the file has ${dataBytes}: ${at < dataBytes ? 'bytes trail' : 'it is cut off'}.`,
    { hint: 'Upload the whole file, and nothing behind it.' },
  );
}

/**
 * The tensors of a file, in the order in which they lie.
 *
 * @param header the bytes between the length and the data.
 * @param dataBytes what the file has behind the header.
 */
export function readHeader(header: Uint8Array, dataBytes: number): readonly TensorInfo[] {
  const { __metadata__: metadata, ...entries } = parseObject(header);
  checkMetadata(metadata);
  const names = Object.keys(entries);
  if (names.length > MAX_TENSORS) {
    throw refusal('too_many_tensors', `The file has ${names.length} tensors; ${MAX_TENSORS} are allowed.`);
  }
  const tensors = names.map((name) => readTensor(name, entries[name]));
  tensors.sort((left, right) => left.begin - right.begin || left.end - right.end);
  checkOffsets(tensors, dataBytes);
  return tensors;
}
