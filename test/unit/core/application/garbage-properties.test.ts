/** Over generated worlds: nothing reachable is ever freed, wherever a collection dies, and what is garbage goes. */
import fc from 'fast-check';
import { collectGarbage, type GarbageRequest } from '#core/application/commands/collect-garbage.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import { requestUpload } from '#core/application/commands/request-upload.ts';
import { contentKey, reportKey } from '#core/domain/blob-key.ts';
import { chooseRuns } from '#core/domain/garbage.ts';
import { isTerminal, RUN_STATUSES } from '#core/domain/run.ts';
import {
  DAY,
  type GarbageWorld,
  garbageWorld,
  keyOfBlob,
  NOW,
  nestedKey,
  type WorldSpec,
} from '#test/support/garbage-world.ts';
import { ADMIN, type MemoryPorts } from '#test/support/memory-ports.ts';
import { toyModelFiles, uploaded } from '#test/support/model-bytes.ts';
import { storeFile } from '#test/support/toy-models.ts';

const EMPTY: WorldSpec = { runs: [], models: [], corpora: [], blobAges: [] };
const collect = (ports: MemoryPorts, request: Partial<GarbageRequest> = {}) =>
  collectGarbage(ports, ADMIN, { dryRun: false, ...request });

const BLOBS = 8;
const blobs = fc.uniqueArray(fc.nat(BLOBS - 1), { maxLength: 3 });
const worlds: fc.Arbitrary<WorldSpec> = fc.record({
  runs: fc.array(
    fc.record({
      status: fc.constantFrom(...RUN_STATUSES),
      age: fc.integer({ min: 2, max: 200 }),
      test: fc.boolean(),
      result: blobs,
      checkpoint: blobs,
      nested: blobs,
    }),
    { maxLength: 4 },
  ),
  models: fc.array(
    fc.record({
      state: fc.constantFrom('active', 'quarantined', 'deleted', 'expired', 'purged'),
      blobs,
      usedBy: fc.option(fc.nat(3)),
    }),
    { maxLength: 3 },
  ),
  corpora: fc.uniqueArray(fc.nat(BLOBS - 1), { maxLength: 1 }),
  blobAges: fc.array(fc.constantFrom(0.5, 3, 20, 300), { minLength: BLOBS, maxLength: BLOBS }),
});
const choices = fc.record(
  {
    olderThanDays: fc.constantFrom(0, 1, 5),
    keepLatestRuns: fc.nat(3),
    testRunsOnly: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** What must be there afterwards, by an account of its own. */
function mustStay(
  spec: WorldSpec,
  { runs }: GarbageWorld,
  choice: Parameters<typeof chooseRuns>[1],
): Set<string> {
  const chosen = new Set(chooseRuns(runs, choice, new Date(NOW)).map(({ id }) => id));
  const stays = new Set(spec.corpora.map(keyOfBlob));
  for (const { state, blobs: own, usedBy } of spec.models) {
    const inFlight = usedBy !== null && !isTerminal(spec.runs[usedBy]?.status ?? 'failed');
    if (state === 'purged' || (state === 'expired' && !inFlight)) continue;
    for (const blob of own) stays.add(keyOfBlob(blob));
  }
  for (const [position, run] of spec.runs.entries()) {
    const id = runs[position]?.id ?? '';
    for (const format of ['json', 'md'] as const) stays.add(reportKey(id, format));
    if (chosen.has(id)) continue;
    stays.add(nestedKey(run, position));
    for (const blob of [...run.result, ...run.checkpoint, ...run.nested]) stays.add(keyOfBlob(blob));
  }
  return stays;
}

const missing = ({ store }: MemoryPorts, wanted: ReadonlySet<string>) =>
  [...wanted].filter((key) => !store.blobs.has(key));

/** The same ports, whose writes stop working after so many of them. */
function dyingAfter(ports: MemoryPorts, writes: number): MemoryPorts {
  let left = writes;
  const guard =
    <Args extends unknown[]>(write: (...args: Args) => Promise<void>) =>
    (...args: Args) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : write(...args);
    };
  return {
    ...ports,
    registry: { commit: guard(ports.registry.commit) },
    blobWriter: { ...ports.blobWriter, delete: guard(ports.blobWriter.delete) },
  };
}

describe('whatever there is', () => {
  test('nothing reachable is freed, all garbage is, and wherever it dies the next time ends the same', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, choices, fc.nat(12), async (spec, choice, writes) => {
        const whole = await garbageWorld(spec);
        const stays = mustStay(spec, whole, choice);
        await collect(whole.ports, choice);
        expect(missing(whole.ports, stays)).toEqual([]);

        const working = spec.runs.some(({ status }) => !isTerminal(status) && status !== 'paused');
        const old = spec.blobAges
          .map((age, blob) => ({ age, key: keyOfBlob(blob) }))
          .filter(({ age }) => age > 1);
        const garbage = old.filter(({ key }) => !stays.has(key) && whole.ports.store.blobs.has(key));
        expect(working ? [] : garbage).toEqual([]);
        const young = spec.blobAges.flatMap((age, blob) => (age < 1 ? [keyOfBlob(blob)] : []));
        expect(missing(whole.ports, new Set(young))).toEqual([]);

        const dying = await garbageWorld(spec);
        await collect(dyingAfter(dying.ports, writes), choice).catch((error: Error) => {
          expect(error.message).toBe('killed');
        });
        expect(missing(dying.ports, stays)).toEqual([]);
        await collect(dying.ports, choice);
        expect([...dying.ports.store.blobs.keys()].sort()).toEqual(
          [...whole.ports.store.blobs.keys()].sort(),
        );
      }),
      { numRuns: 120, seed: 91 },
    );
  });

  test('a second time frees nothing', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, choices, async (spec, choice) => {
        const { ports } = await garbageWorld(spec);
        await collect(ports, choice);
        expect((await collect(ports, choice)).total.count).toBe(0);
      }),
      { numRuns: 60, seed: 92 },
    );
  });

  test('files that an import is about to name are spared from the moment of its upload', async () => {
    const { ports } = await garbageWorld(EMPTY);
    const files = uploaded(ports.store, toyModelFiles());
    for (const { sha256 } of files)
      ports.store.blobTimes.set(contentKey('default', sha256), new Date(Date.parse(NOW) - DAY));
    const importing = importModel(ports, ADMIN, { name: 'mine', files });
    await collect(ports);
    const { model } = await importing;
    await collect(ports);
    for (const { sha256 } of model.files)
      expect(ports.store.blobs.has(contentKey('default', sha256))).toBe(true);
    const { sha256, bytes } = storeFile(ports.store, 'x', 'something else');
    expect(await requestUpload(ports, ADMIN, { sha256, bytes, mediaType: 'a/b' })).toEqual({ exists: true });
  });
});
