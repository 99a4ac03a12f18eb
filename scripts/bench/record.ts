/** What a bench measured, beside its limit, its floor and its aim: the form in which figures are kept. */

/** A promise about a figure's median, or about its ratio to the limit. */
export interface Target {
  readonly of: 'value' | 'ratio';
  readonly op: '<=' | '>=';
  readonly bound: number;
}

/** Measured in one process; several processes' figures of one name are put together. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Measured in turns with the values: the n-th of one belongs to the n-th of the other. */
  readonly limit?: { readonly what: string; readonly values: readonly number[] };
  readonly floor?: Target;
  readonly aim?: Target;
  readonly note?: string;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

export interface BenchRecord {
  readonly schemaVersion: 1;
  readonly bench: string;
  readonly name: string;
  readonly unit: string;
  readonly value: Spread;
  readonly limit: (Spread & { readonly what: string }) | null;
  /** Of the pairs, not of the medians: what the machine did to both at the time cancels out. */
  readonly ratio: Spread | null;
  readonly floor: (Target & { readonly met: boolean }) | null;
  readonly aim: (Target & { readonly met: boolean }) | null;
  readonly note: string | null;
}

/** Every bench's entry: `tiny` only shows that it works. */
export interface BenchContext {
  readonly root: string;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly tiny: boolean;
}

export type Bench = (context: BenchContext) => Promise<readonly Figure[]>;

/** Share 0.5 is the median; between two samples the nearer one counts, so that every figure was really measured. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[at] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    samples: values.length,
  };
}

function judged(target: Target | undefined, value: Spread, ratio: Spread | null): BenchRecord['floor'] {
  if (!target) return null;
  const got = target.of === 'value' ? value.median : (ratio?.median ?? Number.NaN);
  return { ...target, met: target.op === '<=' ? got <= target.bound : got >= target.bound };
}

function merged(figures: readonly Figure[]): Figure {
  const [first] = figures;
  if (!first) throw new Error('There is no figure to put together.');
  const values = figures.flatMap((figure) => figure.values);
  const limits = figures.flatMap((figure) => figure.limit?.values ?? []);
  return { ...first, values, ...(first.limit ? { limit: { ...first.limit, values: limits } } : {}) };
}

function recordOf(bench: string, figure: Figure): BenchRecord {
  const { name, unit, values, limit, floor, aim, note = null } = figure;
  const numbers = [...values, ...(limit?.values ?? [])];
  if (values.length === 0 || !numbers.every(Number.isFinite)) {
    throw new Error(`${bench}: "${name}" has no finite values: ${JSON.stringify(numbers)}.`);
  }
  if (limit && limit.values.length !== values.length) {
    throw new Error(`${bench}: "${name}" has ${values.length} values but ${limit.values.length} limits.`);
  }
  const value = spreadOf(values);
  const ratio = limit ? spreadOf(values.map((each, at) => each / (limit.values[at] ?? Number.NaN))) : null;
  return {
    schemaVersion: 1,
    bench,
    name,
    unit,
    value,
    limit: limit ? { what: limit.what, ...spreadOf(limit.values) } : null,
    ratio,
    floor: judged(floor, value, ratio),
    aim: judged(aim, value, ratio),
    note,
  };
}

/** @param processes the figures of each process that was measured; all measure the same names. */
export function recordsOf(bench: string, processes: readonly (readonly Figure[])[]): BenchRecord[] {
  const names = [...new Set(processes.flatMap((figures) => figures.map(({ name }) => name)))];
  return names.map((name) => {
    const same = processes.flatMap((figures) => figures.filter((figure) => figure.name === name));
    return recordOf(bench, merged(same));
  });
}
