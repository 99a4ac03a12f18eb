/**
 * Where a shown value stands: an address of the API and a JSON pointer into its answer (RFC 6901). A segment
 * `[id=X]` picks the item of a list whose `id` is X, so that a link holds while the list grows.
 */

export interface RecordSource {
  /** Address of the API, with its query. */
  readonly of: string;
  /** Pointers into the answer; several where the value is made of several. */
  readonly at: string | readonly string[];
}

const escaped = (segment: string | number): string =>
  String(segment).replaceAll('~', '~0').replaceAll('/', '~1');

/** `pointer('items', pick('id', 'x'), 'value')` → `/items/[id=x]/value` */
export const pointer = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => `/${escaped(segment)}`).join('');

export const pick = (field: string, value: string | number): string => `[${field}=${value}]`;

/** The record of one measurement of a run. */
export const metricSource = (run: string, metric: string): RecordSource => ({
  of: `/v1/runs/${encodeURIComponent(run)}/metrics`,
  at: pointer('items', pick('id', metric), 'value'),
});

export const pointersOf = ({ at }: RecordSource): readonly string[] => (typeof at === 'string' ? [at] : at);

/** The page that shows the record. */
export function recordHref(source: RecordSource): string {
  const query = new URLSearchParams({ of: source.of });
  for (const each of pointersOf(source)) query.append('at', each);
  return `/record?${query}`;
}

function step(value: unknown, segment: string): unknown {
  const picked = /^\[([^=\]]+)=(.*)\]$/s.exec(segment);
  if (picked && Array.isArray(value)) {
    const [, field = '', wanted] = picked;
    return value.find((item) => String((item as Record<string, unknown> | null)?.[field]) === wanted);
  }
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[segment]
    : undefined;
}

/** The value that a pointer names; undefined where there is none. */
export const valueAt = (document: unknown, at: string): unknown =>
  at
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(step, document);
