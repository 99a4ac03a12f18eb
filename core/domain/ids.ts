/** ULIDs: 48 bits of time and 80 bits of chance (or of a hash), in Crockford's base 32. Sortable by time. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ENTROPY_BYTES = 10;

export type Ulid = string;

/**
 * Makes a ULID from a time and ten bytes.
 *
 * With random bytes it is a fresh id; with the first bytes of a hash it is the same id each time the
 * same thing is written, which is how repeated effects find what they wrote before.
 */
export function makeUlid(time: Date, entropy: Uint8Array): Ulid {
  if (entropy.length < ENTROPY_BYTES)
    throw new RangeError(`expected ${ENTROPY_BYTES} bytes, got ${entropy.length}`);
  let value = BigInt(time.getTime());
  for (const byte of entropy.subarray(0, ENTROPY_BYTES)) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let digit = 0; digit < 26; digit += 1) {
    text = ALPHABET.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function isUlid(text: string): boolean {
  return ULID.test(text);
}
