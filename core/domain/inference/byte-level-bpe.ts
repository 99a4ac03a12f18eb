/** Our tokenizer in TypeScript: byte-level BPE as `tokenizers` does it, with reserved tokens that no text can spell. */
import { ForgeError } from '../errors.ts';
import { type Merge, mergePairs } from './merge-pairs.ts';
import { readTokenizer, type TokenizerDocument } from './tokenizer-document.ts';

/** GPT-2's words. White space is Unicode's property, which is not what JavaScript's \s means. */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const WORDS_KEPT = 20_000;
const LONGEST_KEPT = 64;
const EOS = '<|eos|>';

export interface Tokenizer {
  /** Rows of the model's embedding. */
  readonly rows: number;
  readonly endOfText: number | null;
  /** Rows that stand for no text: never said, and left out of decoded text. */
  readonly silent: readonly number[];
  encode(text: string): number[];
  /** Bytes of one token; a character may be spread over several. */
  bytesOf(id: number): Uint8Array;
  decode(ids: readonly number[]): string;
}

/** A byte is shown as a printable character: itself, or the next free one above 255. */
function charactersOfBytes(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let free = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : free++));
}

function mergesOf({ model: { vocab, merges } }: TokenizerDocument): Map<number, Map<number, Merge>> {
  const table = new Map<number, Map<number, Merge>>();
  for (const [rank, [left, right]] of merges.entries()) {
    const [from, to, id] = [vocab[left], vocab[right], vocab[left + right]];
    if (from === undefined || to === undefined || id === undefined)
      throw new ForgeError(
        'validation',
        `tokenizer.json merges "${left}" and "${right}", which are no rows of it.`,
        {
          code: 'tokenizer_not_supported',
        },
      );
    const row = table.get(from) ?? new Map<number, Merge>();
    if (!row.has(to)) row.set(to, { rank, id });
    table.set(from, row);
  }
  return table;
}

/** @throws ForgeError `validation`, code `tokenizer_not_supported` */
export function byteLevelBpe(text: string): Tokenizer {
  const document = readTokenizer(text);
  const { vocab } = document.model;
  const characters = charactersOfBytes();
  const byteOf = new Map(characters.map((character, byte) => [character, byte]));
  const alphabet = characters.map((character) => {
    const id = vocab[character];
    if (id !== undefined) return id;
    throw new ForgeError('validation', `tokenizer.json has no row for the byte shown as "${character}".`, {
      code: 'tokenizer_not_supported',
    });
  });
  const table = mergesOf(document);
  const silent = document.added_tokens.map(({ id }) => id);
  const bytes: Uint8Array[] = [];
  for (const [name, id] of Object.entries(vocab))
    bytes[id] = Uint8Array.from([...name].map((character) => byteOf.get(character) ?? 0));
  for (const id of silent) bytes[id] = new Uint8Array();
  const encoder = new TextEncoder();
  const known = new Map<string, readonly number[]>();
  const idsOf = (word: string): readonly number[] => {
    const found = known.get(word);
    if (found) return found;
    const ids = mergePairs(
      [...encoder.encode(word)].map((byte) => alphabet[byte] as number),
      table,
    );
    if (word.length <= LONGEST_KEPT && known.size < WORDS_KEPT) known.set(word, ids);
    return ids;
  };
  const bytesOf = (id: number) => bytes[id] ?? new Uint8Array();
  return {
    rows: bytes.length,
    endOfText: document.added_tokens.find(({ content }) => content === EOS)?.id ?? null,
    silent,
    encode: (given) => (given.match(WORDS) ?? []).flatMap(idsOf),
    bytesOf,
    decode: (ids) =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        Uint8Array.from(ids.flatMap((id) => [...bytesOf(id)])),
      ),
  };
}
