/** Settings of several runs, leaf by leaf. */
import type { Run } from '../../lib/api-types.ts';

export interface SettingRow {
  /** Below `resolved` of a run. */
  readonly path: readonly string[];
  /** In the order of the runs; undefined where a run has none. */
  readonly values: readonly unknown[];
}

function leaves(
  value: unknown,
  path: readonly string[] = [],
): readonly (readonly [path: readonly string[], value: unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

export function differingSettings(
  runs: readonly Pick<Run, 'resolved'>[],
  all: boolean,
): readonly SettingRow[] {
  const tables = runs.map(({ resolved: { seed, config, threads } }) => {
    const found = leaves({ seed, config, threads });
    return new Map(found.map(([path, value]) => [JSON.stringify(path), value]));
  });
  const keys = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  return keys
    .map((key) => ({ path: JSON.parse(key) as string[], values: tables.map((table) => table.get(key)) }))
    .filter(({ values }) => all || new Set(values.map((value) => JSON.stringify(value))).size > 1);
}
