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
 */
export async function walkReport(report: unknown, metricById: MetricLookup): Promise<WalkedReport> {
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
    for (const [key, inner] of Object.entries(value)) await walk(inner, `${pointer}/${key}`);
  };
  await walk(report, '');
  return { numbers, faults };
}
