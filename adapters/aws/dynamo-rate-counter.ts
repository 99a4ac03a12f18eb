/** Counts requests in the table, so that all processes count together. One item per tenant and window, which expires. */
import { type RateCounter, WINDOW_SECONDS } from '#core/ports/rate-counter.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { itemOf } from './table-layout.ts';

/** Clocks of processes may differ by so much. */
const KEPT_SECONDS = 10 * WINDOW_SECONDS;

export function dynamoRateCounter(table: DynamoTable): RateCounter {
  return {
    count: (tenant, window) =>
      table.add(itemOf('requestCount', { tenant, window }, { ttl: window + KEPT_SECONDS }), 'requests', 1),
  };
}
