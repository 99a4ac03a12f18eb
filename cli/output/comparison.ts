/** Differences and figures of two subjects, side by side. */
import type { Difference } from '../comparison/differences.ts';
import type { FigurePair } from '../comparison/figures-side-by-side.ts';
import { formatNumber } from './figures.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

const WIDEST = 44;

function show(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** A titled table of differences, or one line that there are none. */
export function renderDifferences(
  title: string,
  differences: readonly Difference[],
  [left, right]: readonly [string, string],
  paint: Paint,
): string {
  if (differences.length === 0) return `${paint('bold', title)}: the same`;
  const rows = differences.map((each) => [each.field, show(each.left), show(each.right)]);
  return `${paint('bold', title)}\n${renderTable(['field', left, right], rows, paint)}`;
}

/** Where the records of one side lie: an id ends with the figure's name, and what stands before it is often the same. */
function recordPlaces(pairs: readonly FigurePair[], side: 'left' | 'right'): readonly string[] {
  const places = pairs.flatMap((pair) => {
    const id = pair[side]?.metric;
    if (id === undefined) return [];
    const name = pair.name.split(' ').at(-1) ?? '';
    return [id.endsWith(`/${name}`) ? `${id.slice(0, -name.length)}<figure>` : id];
  });
  return [...new Set(places)];
}

/** Figures with the ids of the records that they were read from. */
export function renderFigures(
  pairs: readonly FigurePair[],
  labels: readonly [string, string],
  paint: Paint,
): string {
  if (pairs.length === 0) return `${paint('bold', 'Figures')}: none were measured`;
  const value = (figure: FigurePair['left']) => (figure ? formatNumber(figure.value) : '-');
  const signed = (change: number) => `${change > 0 ? '+' : ''}${formatNumber(change)}`;
  const rows = pairs.map(({ name, left, right, change }) => [
    name,
    value(left),
    value(right),
    change === null ? '-' : signed(change),
    left?.unit ?? right?.unit ?? '',
  ]);
  const records = (['left', 'right'] as const).flatMap((side, position) =>
    recordPlaces(pairs, side).map((place) => `records of ${labels[position]}: ${place}`),
  );
  return [
    paint('bold', 'Figures'),
    renderTable(['figure', ...labels, 'change', 'unit'], rows, paint),
    ...records.map((line) => paint('dim', line)),
  ].join('\n');
}
