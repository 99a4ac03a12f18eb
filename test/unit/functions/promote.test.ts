/** POST /v1/models/{reference}/promote: under the version that was seen, for maintainers, with its entry in the audit log. */
import { type ApiWorld, apiWorld, succeededRun } from './api-world.ts';

let world: ApiWorld;
const PATH = '/v1/models/toy-memory/promote';
const seen = (version: number) => ({ 'if-match': `"${version}"` });

beforeEach(async () => {
  world = apiWorld();
  await succeededRun(world);
});

it('points the alias at the model, which readers then find under it, and says so in the audit log', async () => {
  const { status, headers, body } = await world.send('POST', PATH, {
    body: { alias: 'best' },
    headers: seen(1),
    as: 'maintainer',
  });
  expect([status, headers.get('etag'), body.aliases]).toEqual([200, '"2"', ['best']]);
  expect((await world.send('GET', '/v1/models/toy-memory@best')).body).toEqual(body);
  const [entry] = (await world.send('GET', '/v1/audit')).body.items;
  expect(entry).toMatchObject({
    by: 'maintainer',
    command: 'POST /v1/models/{reference}/promote',
    outcome: 'done',
    targets: [
      { kind: 'alias', id: 'toy-memory@best', status: body.id },
      { kind: 'model', id: body.id, status: 'active' },
    ],
  });
});

it('needs the version that was seen: 428 without it, 412 with another', async () => {
  const before = world.stored();
  const none = await world.send('POST', PATH, { body: { alias: 'best' } });
  const old = await world.send('POST', PATH, { body: { alias: 'best' }, headers: seen(7) });
  expect([none.status, old.status]).toEqual([428, 412]);
  expect(world.stored()).toBe(before);
});

it('of two at once with the same version one is answered 412', async () => {
  const answers = await Promise.all(
    ['best', 'production'].map((alias) => world.send('POST', PATH, { body: { alias }, headers: seen(1) })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
});

it.each([{}, { alias: 'latest' }, { alias: '3' }, { alias: 'a b' }, { alias: 7 }, { alias: 'x', to: 1 }])(
  'refuses %j: 422, and writes nothing',
  async (body) => {
    const before = world.stored();
    const answer = await world.send('POST', PATH, { body, headers: seen(1) });
    expect(answer.status).toBe(422);
    expect(world.stored()).toBe(before);
  },
);

it('knows no model of another tenant: 404', async () => {
  const answer = await world.send('POST', PATH, {
    body: { alias: 'best' },
    headers: seen(1),
    as: 'stranger',
  });
  expect(answer.status).toBe(404);
});
