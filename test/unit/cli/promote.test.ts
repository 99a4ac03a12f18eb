/** `forge models promote` against the API itself. */
import { getRequestListener } from '@hono/node-server';
import { type ApiWorld, apiWorld, succeededRun } from '../functions/api-world.ts';
import { cleanUp, forge, serveHttp } from './cli-harness.ts';
import { component } from './output-schemas.ts';

let world: ApiWorld;
let endpoint: string;
beforeEach(async () => {
  world = apiWorld();
  await succeededRun(world);
  endpoint = await serveHttp(getRequestListener(world.app.fetch));
});
afterEach(cleanUp);

const run = (words: readonly string[], as = 'maintainer') =>
  forge(['models', ...words, '--endpoint', endpoint], { env: { FORGE_TOKEN: as } });

it('gives a version an alias, under which it is then found, listed and shown', async () => {
  const promoted = await run(['promote', 'toy-memory', '--alias', 'best']);
  expect([promoted.exitCode, promoted.stdout]).toEqual([0, 'toy-memory@best is version 1\n']);
  expect((await run(['list'])).stdout).toMatch(/toy-memory@1 +best +variant/);
  expect((await run(['get', 'toy-memory@best'])).stdout).toMatch(/aliases +best/);
  const again = await run(['promote', 'toy-memory@best', '--alias', 'production', '--json']);
  const model = JSON.parse(again.stdout);
  expect(component('Model').safeParse(model).error).toBeUndefined();
  expect(model.aliases).toEqual(['best', 'production']);
});

it('says 4 to a runner, 2 without an alias or with one that cannot be, and why a model does not verify', async () => {
  const codes = [
    await run(['promote', 'toy-memory', '--alias', 'best'], 'runner'),
    await run(['promote', 'toy-memory']),
    await run(['promote', 'toy-memory', '--alias', 'latest']),
  ].map(({ exitCode }) => exitCode);
  expect(codes).toEqual([4, 2, 2]);
  world.ports.store.blobs.clear();
  const refused = await run(['promote', 'toy-memory', '--alias', 'best']);
  expect([refused.exitCode, refused.stdout]).toEqual([6, '']);
  expect(refused.stderr).toContain('is missing');
});
