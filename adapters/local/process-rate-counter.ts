/** Counts requests in this process, which is the only one. What was counted is lost with it. */
import type { RateCounter } from '#core/ports/rate-counter.ts';

export function processRateCounter(): RateCounter {
  /** The last window of each tenant. */
  const counts = new Map<string, { readonly window: number; requests: number }>();
  return {
    async count(tenant, window) {
      const found = counts.get(tenant);
      if (found?.window === window) return ++found.requests;
      counts.set(tenant, { window, requests: 1 });
      return 1;
    },
  };
}
