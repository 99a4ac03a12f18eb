/** Where two records differ, field by field. */

/** A field that only one side has is null on the other. */
export interface Difference {
  /** `act.n_max` */
  readonly field: string;
  readonly left: unknown;
  readonly right: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

function below(left: unknown, right: unknown, path: string): readonly Difference[] {
  if (isFields(left) && isFields(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => below(left[key] ?? null, right[key] ?? null, path ? `${path}.${key}` : key));
  }
  return same(left, right) ? [] : [{ field: path, left, right }];
}

/** Objects are compared by their fields, lists as a whole. */
export function differencesOf(left: Fields, right: Fields): readonly Difference[] {
  return below(left, right, '');
}
