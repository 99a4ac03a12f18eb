/** Gates: rows {metric, op, bound} evaluated on a phase's metric records, each with a verdict. */
import type { Gate, GateVerdict, LinkedNumber } from '#contracts/source/gate.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';

export type { Gate, GateVerdict, LinkedNumber };

const COMPARE: Readonly<Record<Gate['op'], (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** The last record of each name wins: a retried attempt replaces what the first one measured. */
export function linkedNumber(metrics: readonly MetricRecord[], name: string): LinkedNumber | null {
  const record = metrics.findLast((metric) => metric.name === name);
  return record ? { value: record.value, unit: record.unit, metric: record.id } : null;
}

export function evaluateGate(gate: Gate, metrics: readonly MetricRecord[]): GateVerdict {
  const measured = linkedNumber(metrics, gate.metric);
  const reference = typeof gate.bound === 'number' ? null : linkedNumber(metrics, gate.bound.metric);
  const limit =
    typeof gate.bound === 'number' ? gate.bound : reference && reference.value * (gate.bound.factor ?? 1);
  if (!measured || limit === null) return { gate, verdict: 'not measured', measured, bound: reference };
  const verdict = COMPARE[gate.op](measured.value, limit) ? 'passed' : 'failed';
  return { gate, verdict, measured, bound: reference };
}
