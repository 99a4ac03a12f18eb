/** Proof of "no unlinked number": every number in a report is a figure with the record that it was read from. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';

export interface NumberFault {
  /** JSON pointer into the report. */
  readonly pointer: string;
  readonly message: string;
}

export interface WalkedReport {
  /** How many numbers were found; a walk that found none has proved nothing. */
  readonly numbers: number;
  readonly faults: readonly NumberFault[];
}

interface Figure {
  readonly value: number;
  readonly unit: unknown;
  readonly metric: unknown;
}

const FIGURE_FIELDS = 'metric,unit,value';

function asFigure(value: object): Figure | null {
  const looksLikeOne = Object.keys(value).sort().join(',') === FIGURE_FIELDS;
  return looksLikeOne && typeof (value as Figure).value === 'number' ? (value as Figure) : null;
}

/** A sum over entries of the ledger, which it names. */
interface LedgerSum {
  readonly usd: number;
  readonly machineHours: number;
  readonly attempts: number;
  readonly records: readonly string[];
}

const isLedgerSum = (value: object): value is LedgerSum => 'usd' in value && 'records' in value;

/** What one entry of the ledger says, by its id. */
export type Ledger = ReadonlyMap<string, { readonly usd: number; readonly machineHours: number }>;

const NEAR = 1e-9;
const SUMS = new Set(['usd', 'machineHours', 'attempts']);

function sumFault({ usd, machineHours, attempts, records }: LedgerSum, ledger: Ledger): string | null {
  const entries = records.map((id) => ledger.get(id));
  if (entries.length === 0 || entries.includes(undefined)) return 'a sum names entries that no ledger has';
  const total = (of: 'usd' | 'machineHours') => entries.reduce((sum, entry) => sum + (entry?.[of] ?? 0), 0);
  const agrees =
    Math.abs(total('usd') - usd) < NEAR &&
    Math.abs(total('machineHours') - machineHours) < NEAR &&
    attempts === entries.length;
  return agrees ? null : `shows ${usd} USD and ${machineHours} h, its entries say otherwise`;
}

type MetricLookup = (id: string) => Promise<MetricRecord | null>;

async function faultOf(figure: Figure, metricById: MetricLookup): Promise<string | null> {
  const { value, unit, metric } = figure;
  if (typeof metric !== 'string') return `the figure ${value} names no metric record`;
  const record = await metricById(metric);
  if (!record) return `metric record ${metric} does not exist`;
  if (record.value !== value) return `shows ${value}, metric record ${metric} says ${record.value}`;
  return record.unit === unit ? null : `shows ${String(unit)}, metric record ${metric} says ${record.unit}`;
}

/**
 * Walks every number of a report document.
 *
 * @param report what report.json holds, parsed.
 * @param metricById looks a record up in the metric store.
 * @param ledger the run's entries, of which costs are sums.
 */
export async function walkReport(
  report: unknown,
  metricById: MetricLookup,
  ledger: Ledger = new Map(),
): Promise<WalkedReport> {
  const faults: NumberFault[] = [];
  let numbers = 0;
  const walk = async (value: unknown, pointer: string): Promise<void> => {
    if (typeof value === 'number') {
      numbers += 1;
      faults.push({ pointer, message: `the number ${value} is linked to no metric record` });
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const figure = asFigure(value);
    if (figure) {
      numbers += 1;
      const message = await faultOf(figure, metricById);
      if (message) faults.push({ pointer, message });
      return;
    }
    const summed = isLedgerSum(value);
    if (summed) {
      numbers += 3;
      const message = sumFault(value, ledger);
      if (message) faults.push({ pointer, message });
    }
    for (const [key, inner] of Object.entries(value))
      if (!(summed && SUMS.has(key))) await walk(inner, `${pointer}/${key}`);
  };
  await walk(report, '');
  return { numbers, faults };
}
