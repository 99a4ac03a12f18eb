/** How long answers took: the last ones, each as it was measured, and what they come to. */
import type { Answer } from '#core/application/serving/served-model.ts';

const KEPT = 1000;

export interface LatencyRecord {
  readonly id: string;
  readonly at: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly reason: string;
  readonly queuedMs: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

export interface LatencyLog {
  add(id: string, answer: Answer): LatencyRecord;
  /** `p50` and the like are nearest-rank percentiles of `totalMs` over `records`. */
  summary(): {
    readonly records: readonly LatencyRecord[];
    readonly totalMs: Readonly<Record<'p50' | 'p95' | 'p99', number | null>>;
  };
}

export function latencyLog(now: () => Date): LatencyLog {
  const records: LatencyRecord[] = [];
  const percentile = (share: number): number | null => {
    const sorted = records.map(({ totalMs }) => totalMs).sort((one, other) => one - other);
    return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  };
  return {
    add(id, { promptTokens, generated }) {
      const { tokens, ...times } = generated;
      const record = { id, at: now().toISOString(), promptTokens, tokens: tokens.length, ...times };
      records.push(record);
      if (records.length > KEPT) records.shift();
      return record;
    },
    summary: () => ({
      records,
      totalMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
    }),
  };
}
