import { createHash } from 'node:crypto';

/** Random numbers of one execution: the same seed gives the same ones again, which makes replay exact. */
export class SeededRandom {
  private readonly seed: string;
  private drawn = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** Uniform in [0, 1) with 53 bits. */
  next(): number {
    const bytes = this.bytes();
    return (bytes.readUInt32BE(0) * 2 ** 21 + (bytes.readUInt32BE(4) >>> 11)) / 2 ** 53;
  }

  /** A version 4 UUID. */
  uuid(): string {
    return uuidFrom(this.bytes());
  }

  private bytes(): Buffer {
    return createHash('sha256')
      .update(`${this.seed}:${this.drawn++}`)
      .digest();
  }
}

/** The same name always gives the same UUID (version 4 by its bits). */
export function namedUuid(name: string): string {
  return uuidFrom(createHash('sha256').update(name).digest());
}

function uuidFrom(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** First `nextDouble()` of java.util.Random, which is what AWS's `$random(seed)` answers. */
export function javaRandom(seed: number): number {
  const mask = (1n << 48n) - 1n;
  let state = (BigInt.asUintN(64, BigInt(Math.trunc(seed))) ^ 0x5deece66dn) & mask;
  const bits = (count: bigint): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> (48n - count);
  };
  return Number((bits(26n) << 27n) + bits(27n)) / 2 ** 53;
}
