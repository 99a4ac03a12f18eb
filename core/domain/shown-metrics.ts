/** Which records of a run are shown where a phase was tried more than once. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { canonicalText } from './fingerprint.ts';

/**
 * The last record of each place: what the try that succeeded measured, and what only an earlier one did.
 *
 * A try that was given up may have left records of its own; they stay in the log under their own ids.
 *
 * @param records in the order they were written
 */
export function shownMetrics(records: readonly MetricRecord[]): readonly MetricRecord[] {
  const last = new Map<string, MetricRecord>();
  for (const record of records) {
    const key = placeOf(record);
    last.delete(key);
    last.set(key, record);
  }
  return [...last.values()];
}

/** What was measured and where; everything but which try measured it, and what came out. */
function placeOf(record: MetricRecord): string {
  const {
    id: _id,
    jobId: _jobId,
    attempt: _attempt,
    value: _value,
    at: _at,
    source: _source,
    ...place
  } = record;
  return canonicalText(place);
}
