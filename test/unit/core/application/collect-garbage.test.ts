import { collectGarbage, type GarbageRequest } from '#core/application/commands/collect-garbage.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import { requestUpload } from '#core/application/commands/request-upload.ts';
import { reportKey } from '#core/domain/blob-key.ts';
import { isTerminal, RUN_STATUSES } from '#core/domain/run.ts';
import {
  garbageWorld,
  HOUR,
  keyOfBlob,
  type ModelSpec,
  type RunSpec,
  type WorldSpec,
} from '#test/support/garbage-world.ts';
import { ADMIN, type MemoryPorts } from '#test/support/memory-ports.ts';
import { toyModelFiles, uploaded } from '#test/support/model-bytes.ts';

const RUN: RunSpec = { status: 'succeeded', age: 100, test: false, result: [], checkpoint: [], nested: [] };
const MODEL: ModelSpec = { state: 'active', blobs: [], usedBy: null };
const EMPTY: WorldSpec = { runs: [], models: [], corpora: [], blobAges: [] };
const collect = (ports: MemoryPorts, request: Partial<GarbageRequest> = {}) =>
  collectGarbage(ports, ADMIN, { dryRun: false, ...request });
const has = ({ store }: MemoryPorts, blob: number) => store.blobs.has(keyOfBlob(blob));

describe('what is freed', () => {
  test('old blobs that nothing names, and none within the hour', async () => {
    const { ports } = await garbageWorld({ ...EMPTY, blobAges: [0.9, 1.1, 50] });
    const report = await collect(ports);
    expect([0, 1, 2].map((blob) => has(ports, blob))).toEqual([true, false, false]);
    expect(report).toMatchObject({
      dryRun: false,
      freed: { blobs: { count: 2, bytes: 12 }, staging: { count: 0, bytes: 0 } },
      total: { count: 2, bytes: 12 },
      keysLeftOut: 0,
    });
  });

  test('a dry run says the same and frees nothing', async () => {
    const spec: WorldSpec = {
      runs: [{ ...RUN, result: [1], checkpoint: [2], nested: [3] }],
      models: [{ ...MODEL, state: 'expired', blobs: [0] }],
      corpora: [],
      blobAges: [90, 90, 90, 90],
    };
    const { ports } = await garbageWorld(spec);
    const before = [[...ports.store.blobs.keys()], [...ports.store.tables.models]];
    const said = await collect(ports, { dryRun: true, olderThanDays: 1 });
    expect([[...ports.store.blobs.keys()], [...ports.store.tables.models]]).toEqual(before);
    const done = await collect(ports, { olderThanDays: 1 });
    expect({ ...done, dryRun: true }).toEqual(said);
    expect(said).toMatchObject({
      models: ['model-0@1'],
      freed: {
        staging: { count: 1 },
        checkpoints: { count: 2 },
        tasks: { count: 1 },
        tombstones: { count: 1, bytes: 0 },
        blobs: { count: 5 },
      },
    });
    expect(said.keys.slice(0, 3).map(({ key }) => key.split('/').at(-1))).toEqual([
      'latest.json',
      'result.json',
      expect.stringMatching(/^0000000001-/),
    ]);
  });

  test('of more than a thousand objects the first are listed and the rest counted', async () => {
    const { ports } = await garbageWorld({ ...EMPTY, blobAges: new Array<number>(1003).fill(5) });
    const { keys, keysLeftOut, total } = await collect(ports, { dryRun: true });
    expect([keys.length, keysLeftOut, total.count]).toEqual([1000, 3, 1003]);
  });

  test('the report of a run stays, its blobs go with its last manifest', async () => {
    const spec = {
      ...EMPTY,
      runs: [{ ...RUN, result: [0], checkpoint: [1], nested: [2] }],
      blobAges: [90, 90, 90],
    };
    const { ports, runs } = await garbageWorld(spec);
    await collect(ports);
    expect([0, 1, 2].map((blob) => has(ports, blob))).toEqual([true, true, true]);
    await collect(ports, { run: runs[0]?.id });
    const left = [...ports.store.blobs.keys()];
    expect(left).toEqual([reportKey(runs[0]?.id ?? '', 'json'), reportKey(runs[0]?.id ?? '', 'md')]);
  });

  test('files of a run that nobody has, once they are old', async () => {
    const { ports } = await garbageWorld(EMPTY);
    const key = 'staging/01ARZ3NDEKTSV4RRFFQ69G5FAV/cognate/base/part';
    await ports.blobWriter.write(key, new Uint8Array(3), 'text/plain');
    await collect(ports);
    expect(ports.store.blobs.has(key)).toBe(true);
    ports.advance(HOUR + 1000);
    expect((await collect(ports)).freed.staging).toEqual({ count: 1, bytes: 3 });
    expect(ports.store.blobs.has(key)).toBe(false);
  });

  test('an expired tombstone keeps its record, so that its version is never given again', async () => {
    const spec: WorldSpec = {
      ...EMPTY,
      models: [{ ...MODEL, state: 'expired', blobs: [0] }],
      blobAges: [90],
    };
    const { ports, models } = await garbageWorld(spec);
    await collect(ports);
    const purged = await ports.models.get(ADMIN.tenant, models[0]?.id ?? '');
    expect(purged).toMatchObject({ status: 'deleted', files: [], recordVersion: 2 });
    expect(purged?.tombstone?.purgedAt).toMatch(/^2026-03-10/);
    const files = uploaded(ports.store, toyModelFiles());
    const { model } = await importModel(ports, ADMIN, { name: 'model-0', files });
    expect(model.version).toBe(2);
  });
});

describe('what is spared', () => {
  test('a tombstone that a run in flight was given', async () => {
    const spec: WorldSpec = {
      runs: [{ ...RUN, status: 'paused' }],
      models: [{ ...MODEL, state: 'expired', blobs: [0], usedBy: 0 }],
      corpora: [],
      blobAges: [900],
    };
    const { ports } = await garbageWorld(spec);
    expect((await collect(ports)).models).toEqual([]);
    expect(has(ports, 0)).toBe(true);
  });

  test.each(RUN_STATUSES.filter((status) => !isTerminal(status)))(
    'files of a run that is %s',
    async (status) => {
      const { ports, runs } = await garbageWorld({ ...EMPTY, runs: [{ ...RUN, status }] });
      const before = [...ports.store.blobs.keys()];
      const attempt = collect(ports, { run: runs[0]?.id });
      await expect(attempt).rejects.toMatchObject({ kind: 'conflict', code: 'run_in_flight' });
      await collect(ports, { olderThanDays: 0 });
      expect([...ports.store.blobs.keys()]).toEqual(before);
    },
  );

  test('what a job at work may have published since its run was made', async () => {
    const { ports } = await garbageWorld({
      ...EMPTY,
      runs: [{ ...RUN, status: 'running', age: 30 }],
      blobAges: [29, 31],
    });
    await collect(ports);
    expect([has(ports, 0), has(ports, 1)]).toEqual([true, false]);
  });

  test('what another tenant has', async () => {
    const spec: WorldSpec = {
      runs: [{ ...RUN, result: [1] }],
      models: [{ ...MODEL, state: 'expired', blobs: [0] }],
      corpora: [2],
      blobAges: [90, 90, 90],
    };
    const { ports } = await garbageWorld(spec, 'other');
    const before = [...ports.store.blobs.keys()];
    const report = await collect(ports, { olderThanDays: 0 });
    expect([report.total.count, report.models]).toEqual([0, []]);
    expect([...ports.store.blobs.keys()]).toEqual(before);
  });

  test('a model that was restored while it was to be purged', async () => {
    const spec: WorldSpec = {
      ...EMPTY,
      models: [{ ...MODEL, state: 'expired', blobs: [0] }],
      blobAges: [90],
    };
    const { ports, models } = await garbageWorld(spec);
    const [model] = models;
    if (!model) throw new Error('no model');
    const { tombstone: _gone, ...rest } = model;
    const commit: MemoryPorts['registry']['commit'] = async (tenant, changes) => {
      const restored = { ...rest, status: 'active' as const, recordVersion: 2 };
      await ports.registry.commit(tenant, [{ kind: 'model', model: restored, expected: 1 }]);
      await ports.registry.commit(tenant, changes);
    };
    const report = await collectGarbage({ ...ports, registry: { commit } }, ADMIN, { dryRun: false });
    expect(report).toMatchObject({ models: [], total: { count: 0 } });
    expect(has(ports, 0)).toBe(true);
  });

  test('a blob that somebody claimed since it was listed', async () => {
    const { ports } = await garbageWorld({ ...EMPTY, blobAges: [90, 90] });
    const keys = [keyOfBlob(0), keyOfBlob(1)];
    let deleted = 0;
    const blobWriter: MemoryPorts['blobWriter'] = {
      ...ports.blobWriter,
      async delete(key) {
        deleted += 1;
        // An upload of the other blob's bytes is announced just now.
        const [other] = keys.filter((each) => each !== key);
        const bytes = ports.store.blobs.get(other ?? '')?.length ?? 0;
        const sha256 = other?.slice(-64) ?? '';
        expect(await requestUpload(ports, ADMIN, { sha256, bytes, mediaType: 'a/b' })).toEqual({
          exists: true,
        });
        await ports.blobWriter.delete(key);
      },
    };
    await collectGarbage({ ...ports, blobWriter }, ADMIN, { dryRun: false });
    expect([deleted, keys.filter((key) => ports.store.blobs.has(key)).length]).toEqual([1, 1]);
  });

  test('everything, when the registry breaks', async () => {
    const spec: WorldSpec = {
      ...EMPTY,
      models: [{ ...MODEL, state: 'expired', blobs: [0] }],
      blobAges: [90],
    };
    const { ports } = await garbageWorld(spec);
    const commit = async () => Promise.reject(new Error('disk'));
    const attempt = collectGarbage({ ...ports, registry: { commit } }, ADMIN, { dryRun: false });
    await expect(attempt).rejects.toThrow('disk');
    expect(has(ports, 0)).toBe(true);
  });

  test('everything from who is no maintainer', async () => {
    const { ports } = await garbageWorld({ ...EMPTY, blobAges: [90] });
    const attempt = collectGarbage(ports, { ...ADMIN, role: 'runner' }, { dryRun: true });
    await expect(attempt).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('a run that does not exist cannot be chosen', async () => {
    const { ports } = await garbageWorld(EMPTY);
    const attempt = collect(ports, { run: '01ARZ3NDEKTSV4RRFFQ69G5FAV' });
    await expect(attempt).rejects.toMatchObject({ kind: 'not_found' });
  });
});
