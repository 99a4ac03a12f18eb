const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 of an ISO-8601 extended offset date-time, or undefined when it is none. */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, date = '', fraction = '', offset] = match;
  // JavaScript takes February 30 for March 1 or 2; AWS does not take it at all.
  const plain = Date.parse(`${date}Z`);
  if (Number.isNaN(plain) || !new Date(plain).toISOString().startsWith(date)) return undefined;
  const at = Date.parse(`${date}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

/** True for texts that a Wait state accepts. */
export function isTimestamp(text: string): boolean {
  return parseTimestamp(text) !== undefined;
}
