import type { CostEntry } from '../domain/cost-entry.ts';
import type { Ulid } from '../domain/ids.ts';

export interface CostReader {
  /** Every entry of a run: those of beginnings and those of ends. */
  list(tenant: string, run: Ulid): Promise<readonly CostEntry[]>;
}
