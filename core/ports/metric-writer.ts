import type { MetricRecord } from '#contracts/source/metric-record.ts';

export interface MetricWriter {
  /** Writes records by id; one that is there already is left as it is. */
  record(tenant: string, metrics: readonly MetricRecord[]): Promise<void>;
}
