import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Ulid } from '../domain/ids.ts';

export interface MetricReader {
  /** Records of a run in the order they were written. */
  list(tenant: string, run: Ulid, filter: { phase?: PhaseSlug }): Promise<readonly MetricRecord[]>;
  get(tenant: string, id: string): Promise<MetricRecord | null>;
}
