/** What one kind of fault came to. */

export interface Outcome {
  /** First row: the headings. */
  readonly table: readonly (readonly string[])[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
  readonly passed: number;
  /** One sentence per fault that was not survived. */
  readonly failures: readonly string[];
}

/** Cells in columns; the first to the left, the others to the right. */
export function tableText(rows: Outcome['table']): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** The value below which a share of the values lies; NaN without any. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
