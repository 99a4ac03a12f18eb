import type { Quota } from '../domain/quota.ts';

export interface QuotaReader {
  /** Null for a tenant that was never limited. */
  get(tenant: string): Promise<Quota | null>;
  /** Seconds times GPUs of the jobs that ended in a month, `2026-03`. */
  gpuSeconds(tenant: string, month: string): Promise<number>;
}
