import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readLines } from '#local/jobs/output.ts';

const directory = mkdtempSync(join(tmpdir(), 'forge-output-'));
const path = join(directory, 'output');
afterAll(() => rmSync(directory, { recursive: true }));

describe('reading lines', () => {
  it('finds none in a file that is missing, empty or read to its end', async () => {
    expect(await readLines(join(directory, 'missing'), 0, true)).toBeUndefined();
    writeFileSync(path, '');
    expect(await readLines(path, 0, true)).toBeUndefined();
    writeFileSync(path, 'a\n');
    expect(await readLines(path, 2, true)).toBeUndefined();
  });

  it('waits for the rest of a line, unless there will be none', async () => {
    writeFileSync(path, 'a\nhalf');
    expect(await readLines(path, 0, false)).toEqual({ offset: 0, lines: ['a'], offsets: [0], nextOffset: 2 });
    expect(await readLines(path, 2, false)).toBeUndefined();
    expect(await readLines(path, 2, true)).toEqual({
      offset: 2,
      lines: ['half'],
      offsets: [2],
      nextOffset: 6,
    });
  });

  it('cuts a line that would not fit into memory', async () => {
    writeFileSync(path, 'abcdefgh\n');
    const pieces = [await readLines(path, 0, false, 4), await readLines(path, 4, false, 4)];
    expect(pieces.map((piece) => piece?.lines)).toEqual([['abcd'], ['efgh']]);
  });

  it('gives back every line once, in order, at its offset, however small the bites', async () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replace(/\n/g, ' ')),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 64, max: 100 }), async (expected, bite) => {
        const content = expected.map((line) => `${line}\n`).join('');
        writeFileSync(path, content);
        const seen: string[] = [];
        const bytes = Buffer.from(content);
        let offset = 0;
        for (
          let part = await readLines(path, 0, true, bite);
          part;
          part = await readLines(path, offset, true, bite)
        ) {
          seen.push(...part.lines);
          for (const [place, start] of part.offsets.entries()) {
            const line = part.lines[place] ?? '';
            expect(bytes.subarray(start, start + Buffer.byteLength(line)).toString()).toBe(line);
          }
          offset = part.nextOffset;
        }
        expect(seen).toEqual(expected);
        expect(offset).toBe(bytes.length);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
