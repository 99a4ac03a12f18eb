import { join } from 'node:path';
import { fixtureTree, removeFixtures } from '#test/support/fixture-tree.ts';
import { dashboardPages, isPage } from '../../../local/dashboard-pages.ts';
import { hostGuard } from '../../../local/host-guard.ts';

const faults: unknown[] = [];

function pagesIn(files: Readonly<Record<string, string>>) {
  const root = fixtureTree({ secret: 'not for anybody', ...files });
  const folder = join(root, 'built');
  const pages = dashboardPages({ folder, guard: hostGuard, onFault: (_, error) => faults.push(error) });
  return (path: string, headers: Readonly<Record<string, string>> = {}) =>
    pages.request(`http://localhost${path}`, { headers: { host: 'localhost:4505', ...headers } });
}

const BUILT = { 'built/index.html': '<!doctype html>', 'built/assets/main-1a2b.js': 'main();' };

afterAll(removeFixtures);

describe('the pages of the dashboard', () => {
  it.each(['/', '/runs/01ABC', '/models/a%2Fb', '/runs/01ABC/phases/quiet-star'])(
    'find their way from index.html at %s',
    async (path) => {
      const answer = await pagesIn(BUILT)(path);

      expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>']);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('keep files with a hash in their name for good', async () => {
    const { headers } = await pagesIn(BUILT)('/assets/main-1a2b.js');

    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    '/gone.js',
    '/..%2fsecret.js',
    '/assets/..%2f..%2fsecret.x',
    '/.env.js',
    '/assets//main-1a2b.js',
    '/%00.js',
  ])('answer %s like what is not there', async (path) => {
    const answer = await pagesIn(BUILT)(path);

    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('not for anybody');
  });

  it('answer no other host and no page of another site', async () => {
    const ask = pagesIn(BUILT);

    expect((await ask('/', { host: 'evil.test' })).status).toBe(421);
    expect((await ask('/', { origin: 'https://evil.test' })).status).toBe(403);
  });

  it('say how they are built where they are not', async () => {
    const answer = await pagesIn({})('/');

    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'no_dashboard', hint: 'Run: npm run build' }),
    ]);
    expect(faults).toEqual([]);
  });

  it.each([
    ['GET', '/', true],
    ['HEAD', '/runs/1', true],
    ['GET', '/v1', false],
    ['GET', '/v1/runs', false],
    ['GET', '/api/pipeline/health', false],
    ['GET', '/blobs/x', false],
    ['POST', '/runs', false],
  ])('%s %s is a page: %s', (method, path, expected) => {
    expect(isPage(method, path)).toBe(expected);
  });
});
