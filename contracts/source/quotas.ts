/** Limits of a tenant. */
import * as z from 'zod';

/** How many requests a minute each tenant may make: what deployment tells the HTTP API. */
export const REQUESTS_VARIABLE = 'FORGE_REQUESTS_PER_MINUTE';

export const requestsPerMinute = z.int().min(1).max(1_000_000);
