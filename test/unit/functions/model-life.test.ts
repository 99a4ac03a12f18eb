/** Models are archived, quarantined, deleted and restored under the version that was seen; garbage is collected. */
import { storeFile } from '#test/support/toy-models.ts';
import { type ApiWorld, apiWorld, succeededRun } from './api-world.ts';

let world: ApiWorld;
const body = { reason: 'not needed' };
const seen = (version: number) => ({ 'if-match': `"${version}"` });
const act = (name: string, version: number, model = 'toy-memory') =>
  world.send('POST', `/v1/models/${model}/${name}`, { body, headers: seen(version) });

beforeEach(async () => {
  world = apiWorld();
  await succeededRun(world);
});

describe('a model', () => {
  it('is archived and restored, its version rising and its files staying', async () => {
    const archived = await act('archive', 1);
    expect([archived.status, archived.headers.get('etag'), archived.body.status]).toEqual([
      200,
      '"2"',
      'archived',
    ]);
    const { id, files } = archived.body;
    const restored = await act('restore', 2, id);
    expect([restored.status, restored.body.status, restored.body.files]).toEqual([200, 'active', files]);
    expect(restored.body.statusChanges.map((change: { reason: string }) => change.reason)).toEqual([
      'not needed',
      'not needed',
    ]);
  });

  it('that is deleted is gone for readers and comes back when restored', async () => {
    const { id } = (await world.send('GET', '/v1/models/toy-memory')).body;
    const deleted = await world.send('DELETE', `/v1/models/${id}?reason=old`, { headers: seen(1) });
    expect([deleted.status, deleted.body.status]).toEqual([200, 'deleted']);
    const names = (await world.send('GET', '/v1/models')).body.items.map(
      (model: { name: string }) => model.name,
    );
    expect(names).not.toContain('toy-memory');
    const restored = await act('restore', 2, id);
    expect([restored.status, restored.body.status]).toEqual([200, 'active']);
  });

  it('that others were made from is not deleted: 409 names them', async () => {
    const answer = await world.send('DELETE', '/v1/models/toy-base', { headers: seen(1) });
    expect([answer.status, answer.body.code, answer.body.errors.length]).toEqual([409, 'has_dependents', 3]);
  });

  it.each(['archive', 'quarantine'])(
    'is not changed by %s without its version (428) or with another (412)',
    async (name) => {
      const before = world.stored();
      const none = await world.send('POST', `/v1/models/toy-memory/${name}`, { body });
      const old = await act(name, 7);
      expect([none.status, old.status]).toEqual([428, 412]);
      expect(world.stored()).toBe(before);
    },
  );

  it.each([{}, { reason: ' ' }, { reason: 'x'.repeat(501) }, { reason: 'x', status: 'active' }])(
    'is not archived for %j: 422',
    async (wrong) => {
      const before = world.stored();
      const answer = await world.send('POST', '/v1/models/toy-memory/archive', {
        body: wrong,
        headers: seen(1),
      });
      expect(answer.status).toBe(422);
      expect(world.stored()).toBe(before);
    },
  );

  it('has a document of everything that is known about it', async () => {
    const { status, body: metadata } = await world.send('GET', '/v1/models/toy-memory/metadata');
    expect([status, JSON.stringify(metadata)]).toEqual([200, expect.stringContaining('toy-memory')]);
  });
});

describe('an import', () => {
  it('of a pickle is refused and leaves no model', async () => {
    const pickle = storeFile(world.ports.store, 'model.bin', '\u0080\u0004K*.');
    const { path, sha256, bytes } = pickle;
    const before = world.stored();
    const answer = await world.send('POST', '/v1/models', {
      body: { name: 'mine', files: [{ path, sha256, bytes }] },
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'pickle_refused']);
    expect(world.stored()).toBe(before);
  });
});

describe('a garbage collection', () => {
  it('that is only asked about says what it would free and frees nothing', async () => {
    const before = world.stored();
    const { status, body: report } = await world.send('POST', '/v1/gc', {
      body: { dryRun: true, keepLatestRuns: 0 },
    });
    expect([status, report.dryRun, report.runs.length]).toEqual([200, true, 1]);
    expect(report.freed.staging.count).toBeGreaterThan(0);
    expect(world.stored()).toBe(before);
  });

  it('frees what it said, and leaves models, reports and records', async () => {
    const wanted = { keepLatestRuns: 0 };
    const said = await world.send('POST', '/v1/gc', { body: { ...wanted, dryRun: true } });
    const done = await world.send('POST', '/v1/gc', { body: { ...wanted, dryRun: false } });
    expect(done.body.freed.staging).toEqual(said.body.freed.staging);
    expect((await world.ports.blobs.list('staging/')).length).toBe(0);
    expect((await world.send('POST', '/v1/models/toy-memory/verify')).body.ok).toBe(true);
    expect((await world.send('GET', '/v1/runs')).body.items).toHaveLength(1);
  });
});
