/** How many requests a minute each tenant may make. Quotas are looked at every few seconds, not with every request. */
import type { ReadPorts } from '#core/ports/read-ports.ts';

const KEPT_MS = 15_000;
/** Tenants that are remembered; a handful is asked for again and again. */
const MOST_TENANTS = 1000;

export interface RequestLimits {
  /** Null: any number. */
  of(tenant: string): Promise<number | null>;
  /** Has the quota read anew. */
  forget(tenant: string): void;
}

/** @param otherwise for tenants whose quota says nothing */
export function requestLimits(
  { quotas, clock }: Pick<ReadPorts, 'quotas' | 'clock'>,
  otherwise: number | null,
): RequestLimits {
  const known = new Map<string, { readonly limit: number | null; readonly until: number }>();
  return {
    async of(tenant) {
      const now = clock.now().getTime();
      const found = known.get(tenant);
      if (found && now < found.until) return found.limit;
      const limit = (await quotas.get(tenant))?.requestsPerMinute ?? otherwise;
      if (known.size >= MOST_TENANTS) known.clear();
      known.set(tenant, { limit, until: now + KEPT_MS });
      return limit;
    },
    forget(tenant) {
      known.delete(tenant);
    },
  };
}
