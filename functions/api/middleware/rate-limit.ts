/** Requests a minute of a tenant: counted in fixed windows, and told in every answer while there is a limit. */
import type { Context } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';
import { WINDOW_SECONDS } from '#core/ports/rate-counter.ts';
import type { ApiContext, ApiEnvironment } from '../environment.ts';

/**
 * Counts a request, and refuses it when the window is used up.
 *
 * Where nothing is limited nothing is counted. A store that fails lets everybody in and is logged: that it is slow
 * must not be what takes the API down.
 *
 * @throws ForgeError `limit` with code `rate_limited`
 */
export async function countRequest(
  { ports, requestLimits, telemetry: { logger, count } }: ApiContext,
  context: Context<ApiEnvironment>,
): Promise<void> {
  const { tenant } = context.var.principal;
  const now = Math.floor(ports.clock.now().getTime() / 1000);
  const window = now - (now % WINDOW_SECONDS);
  const counted = async () => {
    const limit = await requestLimits.of(tenant);
    return limit === null ? null : { limit, requests: await ports.rateCounter.count(tenant, window) };
  };
  const found = await counted().catch((error: unknown) => {
    logger.warn('requests are not counted', { tenant, requestId: context.var.requestId, error });
    count('RateCounterFailed');
    return null;
  });
  if (found === null) return;
  const { limit, requests } = found;
  const reset = window + WINDOW_SECONDS - now;
  const headers = {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(Math.max(0, limit - requests)),
    'ratelimit-reset': String(reset),
  };
  context.set('rateLimit', headers);
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (requests > limit) throw tooMany(tenant, limit, reset);
}

function tooMany(tenant: string, limit: number, reset: number): ForgeError {
  return new ForgeError(
    'limit',
    `Tenant ${tenant} may make ${limit} requests a minute, and has made them in this one.`,
    {
      code: 'rate_limited',
      hint: `Wait ${reset} s, or ask an admin of the tenant for more.`,
      retryAfterSeconds: reset,
    },
  );
}
