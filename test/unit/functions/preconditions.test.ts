/** Writes under a version: 428 without one, 412 with an old one, and nothing written. */
import { type ApiWorld, apiWorld, type Sent } from './api-world.ts';

const BODY = { description: 'short', config: { cognate: { steps: 10 } } };
let world: ApiWorld;

async function refused(method: 'PUT' | 'DELETE', path: string, headers: Sent['headers'] = {}) {
  const before = world.stored();
  const sent = method === 'PUT' ? { body: BODY, headers } : { headers };
  const { status, body } = await world.send(method, path, sent);
  expect(world.stored()).toBe(before);
  return { status, code: body.code, detail: body.detail };
}

beforeEach(async () => {
  world = apiWorld();
  await world.send('PUT', '/v1/presets/mine', { body: BODY, headers: { 'if-none-match': '*' } });
});

describe('a preset', () => {
  it.each(['PUT', 'DELETE'] as const)('is not changed by %s without If-Match: 428', async (method) => {
    const { status, code } = await refused(method, '/v1/presets/mine');
    expect([status, code]).toEqual([428, 'precondition_required']);
  });

  it.each(['PUT', 'DELETE'] as const)(
    'is not changed by %s with an old version: 412 names the present one',
    async (method) => {
      for (const tag of ['"7"', '1', '*', 'W/"1"']) {
        const { status, code, detail } = await refused(method, '/v1/presets/mine', { 'if-match': tag });
        expect([status, code]).toEqual([412, 'precondition_failed']);
        expect(detail).toContain('"1"');
      }
    },
  );

  it('is not overwritten by who wants to create it', async () => {
    const { status } = await refused('PUT', '/v1/presets/mine', { 'if-none-match': '*' });
    expect(status).toBe(412);
  });

  it('is not deleted under If-None-Match', async () => {
    const { status } = await refused('DELETE', '/v1/presets/mine', { 'if-none-match': '*' });
    expect(status).toBe(428);
  });

  it('that is not there cannot be changed: 412, nor deleted: 404', async () => {
    const seen = { 'if-match': '"1"' };
    expect((await refused('PUT', '/v1/presets/other', seen)).status).toBe(412);
    expect((await refused('DELETE', '/v1/presets/other', seen)).status).toBe(404);
  });

  it('that is built in cannot be changed or deleted by anybody', async () => {
    const seen = { 'if-match': '"1"' };
    for (const method of ['PUT', 'DELETE'] as const) {
      const { status, code } = await refused(method, '/v1/presets/demo', seen);
      expect([status, code]).toEqual([409, 'built_in']);
    }
  });

  it('is deleted by one of ten who saw it; the others find nothing, or lost the race', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.send('DELETE', '/v1/presets/mine', { headers: { 'if-match': '"1"' } }),
      ),
    );
    const others = answers.map((answer) => answer.status).filter((status) => status !== 204);
    expect(others).toHaveLength(9);
    for (const status of others) expect([404, 412]).toContain(status);
    expect(others).toContain(412);
  });

  it('is changed by one of ten who saw the same version; the others get 412', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, writer) =>
        world.send('PUT', '/v1/presets/mine', {
          body: { ...BODY, description: `writer ${writer}` },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
    const winner = answers.findIndex((answer) => answer.status === 200);
    const { body } = await world.send('GET', '/v1/presets/mine');
    expect(body).toMatchObject({ description: `writer ${winner}`, recordVersion: 2 });
  });
});
