/** Parts of documents that are written from what the code does: `FORGE_WRITE_DOCS=1` writes them, otherwise they are compared. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './fixture-tree.ts';

const sectionOf = (name: string) =>
  new RegExp(`(<!-- begin: ${name} -->\n)([^]*?)(\n?<!-- end: ${name} -->)`);

export function expectSection(document: string, name: string, expected: string): void {
  const file = join(PROJECT, document);
  const text = readFileSync(file, 'utf8');
  if (process.env.FORGE_WRITE_DOCS === '1') {
    const write = (_all: string, begin: string, _old: string, end: string) =>
      begin + expected + end.replace(/^\n?/, '\n');
    writeFileSync(file, text.replace(sectionOf(name), write));
    return;
  }
  expect(sectionOf(name).exec(text)?.[2]).toBe(expected);
}

/** A table of Markdown. */
export function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
