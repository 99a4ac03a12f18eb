/** Fields of a protobuf message, as far as they have to be looked at: numbers and length-delimited bytes. */

export interface Field {
  readonly number: number;
  /** Of wire types 2 (bytes, text, messages). */
  readonly bytes: Uint8Array | null;
  /** Of wire type 0, where it fits a number. */
  readonly value: number | null;
}

export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/** @returns the number and the place after it */
function readVarint(bytes: Uint8Array, start: number): readonly [number, number] {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + 10); at += 1) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
  throw new BrokenMessage(`a number at byte ${start} has no end`);
}

const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** @throws BrokenMessage where a field leads beyond the message */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    const [tag, after] = readVarint(bytes, at);
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (number < 1) throw new BrokenMessage(`field number ${number} at byte ${at}`);
    if (wire === 0) {
      const [value, end] = readVarint(bytes, after);
      yield { number, bytes: null, value };
      at = end;
      continue;
    }
    const [length, start] = wire === 2 ? readVarint(bytes, after) : [FIXED[wire], after];
    if (length === undefined) throw new BrokenMessage(`wire type ${wire} at byte ${at}`);
    if (start + length > bytes.length) throw new BrokenMessage(`a field at byte ${at} ends beyond the file`);
    yield { number, bytes: wire === 2 ? bytes.subarray(start, start + length) : null, value: null };
    at = start + length;
  }
}
