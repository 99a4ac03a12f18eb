/** New work is refused while the disk is nearly full; everything that frees space or looks stays possible. */
import { Hono } from 'hono';
import { problemResponse } from '#functions/shared/http-errors.ts';
import { diskGuard, LEAST_FREE_BYTES } from '#local/disk-guard.ts';

function app(free: number) {
  const hono = new Hono();
  hono.use(diskGuard('/home/of/forge', async () => free));
  hono.onError((thrown, context) => problemResponse(thrown, context, 'request', () => undefined));
  hono.all('*', (context) => context.text('done'));
  return hono;
}

it.each([
  '/v1/runs',
  '/v1/runs/01J/resume',
  '/v1/runs/01J/retry',
  '/v1/runs/01J/fork',
  '/v1/corpora',
  '/v1/models',
  '/v1/uploads',
])('POST %s is refused with what is free and what is needed', async (path) => {
  const answer = await app(LEAST_FREE_BYTES - 1).request(path, { method: 'POST' });
  expect(answer.status).toBe(507);
  expect(await answer.json()).toMatchObject({
    kind: 'disk_full',
    code: 'disk_nearly_full',
    detail: '255 MiB are free on the disk of /home/of/forge; new work needs at least 256 MiB.',
    retryable: true,
  });
  expect((await app(LEAST_FREE_BYTES).request(path, { method: 'POST' })).status).toBe(200);
});

it.each([
  ['GET', '/v1/runs'],
  ['POST', '/v1/runs/01J/cancel'],
  ['POST', '/v1/runs/01J/pause'],
  ['POST', '/v1/gc'],
  ['POST', '/v1/plan'],
  ['DELETE', '/v1/models/one'],
])('%s %s stays possible', async (method, path) => {
  expect((await app(0).request(path, { method })).status).toBe(200);
});

it('asks the real disk where nobody says otherwise', async () => {
  const hono = new Hono().use(diskGuard('/')).post('/v1/runs', (context) => context.text('done'));
  expect([200, 500]).toContain((await hono.request('/v1/runs', { method: 'POST' })).status);
});
