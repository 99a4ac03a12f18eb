/** Reads the data of a safetensors file chunk by chunk: which tensors hold NaN or infinity, which hold only zeros. */
import { DTYPES, type Dtype, type TensorInfo } from './safetensors.ts';

export interface ScannedTensor {
  readonly name: string;
  /** Elements that are NaN or infinite. */
  readonly nonFinite: number;
  readonly allZero: boolean;
}

interface Pattern {
  /** Bytes of the words that are looked at: of an F64, its two halves. */
  readonly word: 1 | 2 | 4;
  /** These bits are all set in NaN and infinity; 0 for types that have neither. */
  readonly exponent: number;
  /** Everything but the sign: a negative zero is a zero. */
  readonly magnitude: number;
}

const WHOLE: Pattern = { word: 1, exponent: 0, magnitude: 0xff };
const PATTERNS: Readonly<Partial<Record<Dtype, Pattern>>> = {
  F32: { word: 4, exponent: 0x7f800000, magnitude: 0x7fffffff },
  F64: { word: 4, exponent: 0x7ff00000, magnitude: 0x7fffffff },
  F16: { word: 2, exponent: 0x7c00, magnitude: 0x7fff },
  BF16: { word: 2, exponent: 0x7f80, magnitude: 0x7fff },
  F8_E5M2: { word: 1, exponent: 0x7c, magnitude: 0x7f },
  F8_E4M3: { word: 1, exponent: 0x7f, magnitude: 0x7f },
};

const VIEWS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

/** The bytes as little-endian words; copied first when they do not lie on a word's border. */
function wordsOf(bytes: Uint8Array, word: 1 | 2 | 4): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % word === 0 ? bytes : Uint8Array.from(bytes);
  return new VIEWS[word](buffer as ArrayBuffer, byteOffset, length / word);
}

interface Tally {
  nonFinite: number;
  /** All magnitudes, or-ed together. */
  bits: number;
}

/** Counts whole elements. An F64's exponent is in its second half; its first half is all magnitude. */
function count(tally: Tally, dtype: Dtype, bytes: Uint8Array): void {
  const { word, exponent, magnitude } = PATTERNS[dtype] ?? WHOLE;
  const words = wordsOf(bytes, word);
  const stride = dtype === 'F64' ? 2 : 1;
  for (let position = stride - 1; position < words.length; position += stride) {
    const value = words[position] ?? 0;
    if (exponent !== 0 && (value & exponent) === exponent) tally.nonFinite += 1;
    tally.bits |= value & magnitude;
    if (stride === 2) tally.bits |= words[position - 1] ?? 0;
  }
}

/** Takes the data from its first byte on, cut anywhere. */
export class TensorScan {
  private readonly tensors: readonly TensorInfo[];
  private readonly tallies: readonly Tally[];
  private readonly carried = new Uint8Array(8);
  private carriedBytes = 0;
  private current = 0;
  private at = 0;

  /** @param tensors as `readHeader` gave them: in the order in which they lie. */
  constructor(tensors: readonly TensorInfo[]) {
    this.tensors = tensors;
    this.tallies = tensors.map(() => ({ nonFinite: 0, bits: 0 }));
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const tensor = this.tensors[this.current];
      const tally = this.tallies[this.current];
      if (!tensor || !tally) return;
      const part = rest.subarray(0, tensor.end - this.at);
      this.take(tally, tensor.dtype, part);
      this.at += part.length;
      rest = rest.subarray(part.length);
      if (this.at >= tensor.end) this.current += 1;
    }
  }

  /** Whole elements are counted, the beginning of one waits for its rest. A tensor ends with an element. */
  private take(tally: Tally, dtype: Dtype, bytes: Uint8Array): void {
    const { bytes: width } = DTYPES[dtype];
    let rest = bytes;
    if (this.carriedBytes > 0) {
      const missing = rest.subarray(0, width - this.carriedBytes);
      this.carried.set(missing, this.carriedBytes);
      this.carriedBytes += missing.length;
      rest = rest.subarray(missing.length);
      if (this.carriedBytes < width) return;
      count(tally, dtype, this.carried.subarray(0, width));
    }
    this.carriedBytes = rest.length % width;
    const whole = rest.subarray(0, rest.length - this.carriedBytes);
    count(tally, dtype, whole);
    this.carried.set(rest.subarray(whole.length));
  }

  result(): readonly ScannedTensor[] {
    return this.tensors.map(({ name }, position) => {
      const { nonFinite, bits } = this.tallies[position] ?? { nonFinite: 0, bits: 0 };
      return { name, nonFinite, allZero: bits === 0 };
    });
  }
}
