/** Values as people read them. Nothing is rounded away that the record's page does not show in full. */

const DIGITS = 4;
const MOST_PLAIN = 1e7;
const LEAST_PLAIN = 1e-4;

/** Four digits, whole numbers whole: 1.862, 0.0002497, 34,560. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return value.toLocaleString('en-US');
  if (size >= MOST_PLAIN || size < LEAST_PLAIN) return value.toExponential(DIGITS - 1);
  return value.toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${formatNumber(Number((bytes / 1024 ** power).toPrecision(DIGITS)))} ${BYTE_UNITS[power]}`;
}

/** 4.2 s, 3 min 20 s, 5 h 02 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${formatNumber(Number(seconds.toFixed(1)))} s`;
  const minutes = Math.floor(seconds / 60);
  const pad = (part: number) => String(part).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${pad(Math.floor(seconds % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A point in time in UTC, to the second: 2026-11-24 01:02:03. */
export const formatTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;

/** A value of a record as plain text: for tables of settings. */
export const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? formatNumber(value) : JSON.stringify(value);
