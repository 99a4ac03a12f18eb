/** Requests a minute of a tenant: row 32 of the bad inputs. */
import { processRateCounter } from '#adapters/local/process-rate-counter.ts';
import type { RateCounter } from '#core/ports/rate-counter.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

const LIMIT = 100;
const MINUTE_MS = 60_000;
const headersOf = ({ headers }: { readonly headers: Headers }) =>
  ['limit', 'remaining', 'reset'].map((name) => headers.get(`ratelimit-${name}`));

function countedWorld(requestsPerMinute?: number): ApiWorld & { readonly calls: string[] } {
  const calls: string[] = [];
  const counter = processRateCounter();
  const rateCounter: RateCounter = {
    count(tenant, window) {
      calls.push(tenant);
      return counter.count(tenant, window);
    },
  };
  return { ...apiWorld(requestsPerMinute ? { requestsPerMinute } : {}, { rateCounter }), calls };
}

async function spend(world: ApiWorld, requests: number): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let at = 0; at < requests; at += 1) statuses.push((await world.send('GET', '/v1/phases')).status);
  return statuses;
}

describe('row 32: the 101st request in the window', () => {
  it('is answered 429 rate_limited with Retry-After, and nothing is written', async () => {
    const world = countedWorld(LIMIT);
    expect(new Set(await spend(world, LIMIT))).toEqual(new Set([200]));
    const before = world.stored();
    const answer = await world.send('POST', '/v1/keys', { body: { name: 'one more', role: 'viewer' } });
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ kind: 'limit', code: 'rate_limited', retryable: true });
    const [limit, remaining, reset] = headersOf(answer);
    expect([limit, remaining]).toEqual(['100', '0']);
    expect(Number(reset)).toBeGreaterThan(0);
    expect(answer.headers.get('retry-after')).toBe(reset);
    expect(answer.body.retry_after_s).toBe(Number(reset));
    expect(world.stored()).toBe(before);
    expect(world.ports.store.tables.audit.size).toBe(0);
  });

  it('is let in again when the window is over, and at any time for another tenant', async () => {
    const world = countedWorld(LIMIT);
    await spend(world, LIMIT + 1);
    expect((await world.send('GET', '/v1/runs', { as: 'stranger' })).status).toBe(200);
    world.ports.advance(MINUTE_MS);
    const answer = await world.send('GET', '/v1/phases');
    expect([answer.status, answer.headers.get('ratelimit-remaining')]).toEqual([200, '99']);
  });
});

describe('a limit of requests', () => {
  it('is told in every answer, good or not, and counts down', async () => {
    const world = countedWorld(LIMIT);
    const answers = [
      await world.send('GET', '/v1/runs'),
      await world.send('GET', '/v1/nothing-here'),
      await world.send('POST', '/v1/keys', { as: 'viewer', body: {} }),
      await world.send('POST', '/v1/runs', { raw: '{' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 403, 400]);
    expect(answers.map((answer) => headersOf(answer).slice(0, 2))).toEqual([
      ['100', '99'],
      ['100', '98'],
      ['100', '97'],
      ['100', '96'],
    ]);
  });

  it('counts neither open routes nor whom nobody knows, and each other request once', async () => {
    const world = countedWorld(LIMIT);
    await world.send('GET', '/v1/health', { as: '' });
    expect((await world.send('GET', '/v1/runs', { as: 'nobody' })).status).toBe(401);
    expect(world.calls).toEqual([]);
    await world.send('GET', '/v1/runs');
    await world.send('GET', '/v1/runs', { as: 'stranger' });
    expect(world.calls).toEqual(['default', 'other']);
  });

  it('that is not set has nothing counted and nothing told', async () => {
    const world = countedWorld();
    const answer = await world.send('GET', '/v1/runs');
    expect([answer.status, ...headersOf(answer)]).toEqual([200, null, null, null]);
    expect(world.calls).toEqual([]);
  });

  it('lets everybody in while its counter fails', async () => {
    const failing: RateCounter = { count: () => Promise.reject(new Error('no table')) };
    const world = apiWorld({ requestsPerMinute: 1 }, { rateCounter: failing });
    for (const answer of [await world.send('GET', '/v1/runs'), await world.send('GET', '/v1/runs')])
      expect([answer.status, ...headersOf(answer)]).toEqual([200, null, null, null]);
  });
});
