/** Columns of text, aligned; numbers to the right. */
import { stripVTControlCharacters } from 'node:util';
import { type Paint, plain } from './paint.ts';

const NUMBER = /^[-+]?[\d,.]+(e[-+]?\d+)?%?( (s|B|KiB|MiB|GiB))?$/;

/** Columns that a text takes on a screen. */
export function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function isNumeric(cells: readonly string[]): boolean {
  const filled = cells.map(stripVTControlCharacters).filter(Boolean);
  return filled.length > 0 && filled.every((cell) => NUMBER.test(cell) || cell === '-');
}

/**
 * Renders a table without lines.
 *
 * @param header one title per column
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint = plain,
): string {
  const columns = header.map((title, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    const width = Math.max(visibleLength(title), ...cells.map(visibleLength));
    return { width, right: isNumeric(cells) };
  });
  const line = (cells: readonly string[], style?: 'dim') => {
    const padded = columns.map(({ width, right }, column) => {
      const cell = cells[column] ?? '';
      const space = ' '.repeat(Math.max(0, width - visibleLength(cell)));
      return right ? space + cell : cell + space;
    });
    const text = padded.join('  ').trimEnd();
    return style ? paint(style, text) : text;
  };
  return [line(header, 'dim'), ...rows.map((row) => line(row))].join('\n');
}

/** `key: value` lines with the values below each other. */
export function renderFacts(
  facts: readonly (readonly [string, string | null])[],
  paint: Paint = plain,
): string {
  const present = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const width = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`).join('\n');
}
