/** The rows of the table of bad inputs that are about access, limits and addresses: each is named in the title of a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '#test/support/fixture-tree.ts';

/** A title: what the first argument of a suite or a test is, also where it stands behind a table of cases. */
const TITLE = /(?:\b(?:describe|it|test)\(|\]\)\()\s*(['"`])((?:(?!\1).)*)\1/g;
const NAMED = /\brows? ([0-9]+(?:(?:, | and )[0-9]+)*)/g;

function rowsNamedIn(text: string): readonly number[] {
  return [...text.matchAll(TITLE)]
    .flatMap(([, , title = '']) => [...title.matchAll(NAMED)])
    .flatMap(([, rows = '']) => rows.match(/[0-9]+/g) ?? [])
    .map(Number);
}

const suites = readdirSync(join(PROJECT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('bad-input-rows.test.ts'))
  .map((path) => readFileSync(join(PROJECT, 'test', path), 'utf8'));
const named = new Set(suites.flatMap(rowsNamedIn));

it.each([23, 29, 30, 31, 32, 48, 49])('bad input %i is named by a test', (row) => {
  expect(named.has(row)).toBe(true);
});

it('looks at titles only', () => {
  const text =
    "/** row 1 */ it('row 2: x', () => 'row 3'); describe.each([4])('rows 5, 6 and 7', f); // row 8";
  expect(rowsNamedIn(text)).toEqual([2, 5, 6, 7]);
  expect(rowsNamedIn("it.each([\n 4,\n])('rows 5, 6 and 7: %s', f)")).toEqual([5, 6, 7]);
});
