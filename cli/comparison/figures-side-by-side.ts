/** Measured figures of two subjects next to each other, each with the id of the record that it was read from. */
import type { LinkedNumber } from '../client/records.ts';

export interface FigurePair {
  readonly name: string;
  readonly left: LinkedNumber | null;
  readonly right: LinkedNumber | null;
  /** right - left, where both were measured in one unit. */
  readonly change: number | null;
}

export type Figures = Readonly<Record<string, LinkedNumber>>;

export function sideBySide(left: Figures, right: Figures): readonly FigurePair[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.map((name) => {
    const pair = { left: left[name] ?? null, right: right[name] ?? null };
    const comparable = pair.left && pair.right && pair.left.unit === pair.right.unit;
    return {
      name,
      ...pair,
      change: comparable && pair.left && pair.right ? pair.right.value - pair.left.value : null,
    };
  });
}
