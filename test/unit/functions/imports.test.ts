/** Import, metadata, deletion and keys over HTTP: status, code and what is left. */
import {
  safetensors,
  TOY_TENSORS,
  type ToyFiles,
  textBytes,
  toyModelFiles,
  uploaded,
} from '#test/support/model-bytes.ts';
import { type ApiWorld, apiWorld, succeededRun } from './api-world.ts';

let world: ApiWorld;

beforeEach(() => {
  world = apiWorld();
});

const bring = (files: ToyFiles, as = 'runner', more: object = {}) =>
  world.send('POST', '/v1/models', {
    as,
    body: { name: 'mine', files: uploaded(world.ports.store, files), ...more },
  });

describe('POST /v1/models', () => {
  it('answers 201 with a place to find the model, and 200 the second time', async () => {
    const first = await bring(toyModelFiles(), 'runner', { licence: 'MIT' });
    const { id } = first.body;
    expect([first.status, first.headers.get('location'), first.headers.get('etag')]).toEqual([
      201,
      `/v1/models/${id}`,
      '"1"',
    ]);
    expect(first.body).toMatchObject({ role: 'imported', licence: 'MIT', properties: { parameters: 68 } });
    const again = await bring(toyModelFiles());
    expect([again.status, again.body.id]).toEqual([200, id]);
    expect((await world.send('GET', '/v1/models/mine', { as: 'viewer' })).body).toEqual(first.body);
  });

  it.each<[string, () => ToyFiles, number, string]>([
    [
      'a pickle',
      () => toyModelFiles({ 'model.safetensors': Uint8Array.of(0x80, 2, 0x8a, 1, 1, 1, 1, 1, 1) }),
      422,
      'pickle_refused',
    ],
    [
      'a zip',
      () => toyModelFiles({ 'README.md': textBytes('PK\u0003\u0004zip') }),
      415,
      'archives_not_accepted',
    ],
    [
      'a short file',
      () => toyModelFiles({ 'model.safetensors': safetensors(TOY_TENSORS).slice(0, -4) }),
      422,
      'offsets_invalid',
    ],
    ['auto_map', () => toyModelFiles({ 'config.json': '{"arch":{},"auto_map":{}}' }), 422, 'forbidden_key'],
    ['a path that climbs', () => toyModelFiles({ '../../x.json': '{}' }), 422, 'unsafe_path'],
    ['code', () => toyModelFiles({ 'modeling.py': 'import os' }), 422, 'file_not_allowed'],
  ])('refuses %s with a hint, without a trace, and writes nothing', async (_, files, status, code) => {
    const offered = uploaded(world.ports.store, files());
    const before = world.stored();
    const answer = await world.send('POST', '/v1/models', { body: { name: 'mine', files: offered } });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.hint).toMatch(/\w/);
    expect(answer.text).not.toMatch(/\.ts:\d|at async/);
    expect(world.stored()).toBe(before);
  });

  it.each<[string, object, string]>([
    ['no files', { files: [] }, '/files'],
    ['another hash', { files: [{ path: 'a', sha256: 'x', bytes: 1 }] }, '/files/0/sha256'],
    ['a server field', { status: 'active' }, '/status'],
    ['a name that climbs', { name: '../mine' }, '/name'],
    ['a negative length', { files: [{ path: 'a', sha256: '0'.repeat(64), bytes: -1 }] }, '/files/0/bytes'],
  ])('refuses a request with %s, with its place', async (_, change, pointer) => {
    const answer = await bring(toyModelFiles(), 'runner', change);
    expect([answer.status, answer.body.errors.map((each: { pointer: string }) => each.pointer)]).toEqual([
      422,
      expect.arrayContaining([pointer]),
    ]);
  });

  it('is not for viewers', async () => {
    const answer = await bring(toyModelFiles(), 'viewer');
    expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
  });

  it('of files that were not uploaded is 404', async () => {
    const files = [{ path: 'config.json', sha256: '0'.repeat(64), bytes: 1 }].concat(
      ['model.safetensors', 'tokenizer.json'].map((path) => ({ path, sha256: '1'.repeat(64), bytes: 1 })),
    );
    const answer = await world.send('POST', '/v1/models', { body: { name: 'mine', files } });
    expect([answer.status, answer.body.hint]).toEqual([404, expect.stringContaining('/v1/uploads')]);
  });
});

describe('the life of an imported model over HTTP', () => {
  const reason = { reason: 'no longer wanted' };

  it('is imported, deleted, looked up, restored', async () => {
    const { id } = (await bring(toyModelFiles())).body;
    const tag = { 'if-match': '"1"' };
    const deleted = await world.send('DELETE', '/v1/models/mine', { as: 'maintainer', headers: tag });
    expect(deleted.body).toMatchObject({ status: 'deleted', statusChanges: [{ reason: 'no reason given' }] });
    const gone = await world.send('GET', `/v1/models/${id}`);
    expect([gone.status, gone.body.hint]).toEqual([
      404,
      expect.stringContaining('forge models restore mine@1'),
    ]);
    const found = await world.send('GET', '/v1/models/mine?deleted=true');
    expect([found.status, found.headers.get('etag')]).toEqual([200, '"2"']);
    const listed = await world.send('GET', '/v1/models?status=deleted');
    expect(listed.body.items.map((model: { id: string }) => model.id)).toEqual([id]);
    const headers = { 'if-match': '"2"' };
    const restored = await world.send('POST', '/v1/models/mine/restore', { body: reason, headers });
    expect([restored.status, restored.body.status, restored.body.tombstone]).toEqual([
      200,
      'active',
      undefined,
    ]);
  });

  it.each(['archive', 'restore', 'quarantine'])('%s is for maintainers', async (act) => {
    await bring(toyModelFiles());
    const sent = { as: 'runner', body: reason, headers: { 'if-match': '"1"' } };
    const answer = await world.send('POST', `/v1/models/mine/${act}`, sent);
    expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
  });

  it('of another tenant is as unknown as one that does not exist', async () => {
    await bring(toyModelFiles());
    const sent = { as: 'stranger', body: reason, headers: { 'if-match': '"1"' } };
    for (const path of ['mine/archive', 'none/archive'])
      expect((await world.send('POST', `/v1/models/${path}`, sent)).status).toBe(404);
    for (const path of ['mine', 'mine/metadata', 'mine?deleted=true'])
      expect((await world.send('GET', `/v1/models/${path}`, { as: 'stranger' })).status).toBe(404);
  });

  it('answers 400 to a deleted that is neither true nor false', async () => {
    expect((await world.send('GET', '/v1/models/mine?deleted=maybe')).body.code).toBe('invalid_query');
  });
});

describe('POST /v1/gc', () => {
  it.each([
    {},
    { dryRun: 'yes' },
    { dryRun: true, olderThanDays: -1 },
    { dryRun: true, run: 'x' },
    { dryRun: true, all: true },
  ])('refuses %j', async (body) => {
    expect((await world.send('POST', '/v1/gc', { body })).status).toBe(422);
  });

  it('is for maintainers', async () => {
    const answer = await world.send('POST', '/v1/gc', { as: 'runner', body: { dryRun: true } });
    expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
  });

  it("of a run in flight is refused, of another tenant's it is not found", async () => {
    const { id } = await succeededRun(world);
    const body = { dryRun: true, run: id };
    expect((await world.send('POST', '/v1/gc', { as: 'stranger', body })).status).toBe(404);
    expect((await world.send('POST', '/v1/gc', { body })).body).toMatchObject({ dryRun: true, runs: [id] });
  });
});

describe('row 47: keys of artifacts', () => {
  it.each([
    '%2e%2e%2f',
    '%2e%2e%2f%2e%2e%2fetc',
    '%252e%252e',
    'a%5Cb',
    'a%00b',
    'CON',
    'A'.repeat(64),
    '0'.repeat(63),
  ])('%s is no key: 400', async (key) => {
    const answer = await world.send('GET', `/v1/artifacts/${key}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_key']);
  });
});
