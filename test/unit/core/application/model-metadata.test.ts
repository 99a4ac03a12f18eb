/** The metadata document: everything that is known of a model, each number with the record it was read from. */
import { modelMetadata } from '#contracts/source/model-metadata.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { changeModelStatus } from '#core/application/commands/change-model-status.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import { findModel } from '#core/application/queries/find-model.ts';
import { getModelMetadata } from '#core/application/queries/get-model-metadata.ts';
import type { Model } from '#core/domain/model.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { toyModelFiles, uploaded } from '#test/support/model-bytes.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

let ports: MemoryPorts;
let runId: string;
const metadata = (reference: string) => getModelMetadata(ports, ADMIN, reference);

beforeEach(async () => {
  ports = memoryPorts();
  ({ id: runId } = await startedRun(ports));
  leaveCognateResults(ports.store, runId);
  await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
});

async function importedModel(licence?: string): Promise<Model> {
  const files = uploaded(ports.store, toyModelFiles());
  return (await importModel(ports, ADMIN, { name: 'mine', files, licence })).model;
}

describe('of a trained model', () => {
  test('it names the model, its run, its parents and the files with their hashes', async () => {
    const model = await findModel(ports, ADMIN, 'toy-memory');
    const base = await findModel(ports, ADMIN, 'toy-base');
    expect(await metadata('toy-memory')).toMatchObject({
      schemaVersion: 1,
      kind: 'ModelMetadata',
      identity: {
        id: model.id,
        reference: 'toy-memory@1',
        role: 'variant',
        status: 'active',
        run: { id: runId, name: 'toy' },
        phase: 'cognate',
      },
      architecture: model.architecture,
      properties: model.properties,
      lineage: {
        parents: [
          { modelId: base.id, reference: 'toy-base@1', role: 'base', relation: 'continued-from', weight: 1 },
        ],
        ancestors: [{ modelId: base.id, reference: 'toy-base@1', role: 'base' }],
        // The base's life, then its own.
        phases: [
          { phase: 'cognate', runId },
          { phase: 'cognate', runId },
        ],
      },
      files: model.files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
    });
  });

  test('every figure is the value of the record whose id stands beside it', async () => {
    const { metrics } = await metadata('toy-memory');
    expect(metrics.map(({ name }) => name)).toContain('memory/bits_per_byte');
    for (const { name, measured, split, source } of metrics) {
      const record = await ports.metrics.get(ADMIN.tenant, measured.metric);
      expect(record).toMatchObject({
        name,
        split,
        source,
        value: measured.value,
        unit: measured.unit,
        step: null,
      });
    }
  });

  test('it says under which licence its texts stand, and how the model is made again', async () => {
    const run = await ports.runs.get(ADMIN.tenant, runId);
    const { licences, reproduction } = await metadata('toy-memory');
    expect(licences).toEqual([
      { of: 'corpus', name: 'speeches', sha256: run?.resolved.corpus?.sha256, licence: 'public domain' },
    ]);
    expect(reproduction).toMatchObject({ seed: 1, threads: 1 });
    expect(JSON.parse(reproduction?.document ?? '')).toEqual(run?.document);
  });

  test('a model that is out of use has one, a deleted model has none', async () => {
    const model = await findModel(ports, ADMIN, 'toy-memory');
    await changeModelStatus(ports, ADMIN, { act: 'archive', model, reason: 'old' });
    expect((await metadata('toy-memory@1')).identity.status).toBe('archived');
    const imported = await importedModel();
    await changeModelStatus(ports, ADMIN, { act: 'delete', model: imported, reason: 'old' });
    await expect(metadata('mine@1')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('another tenant has none', async () => {
    await expect(getModelMetadata(ports, STRANGER, 'toy-memory')).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});

describe('of an imported model', () => {
  test.each([
    ['Apache-2.0', 'Apache-2.0'],
    [undefined, 'unknown'],
  ])('it has the licence that came with it: %s', async (licence, expected) => {
    const { properties } = await importedModel(licence);
    expect(await metadata('mine')).toMatchObject({
      identity: { run: null, phase: null, role: 'imported' },
      lineage: { parents: [], ancestors: [], phases: [] },
      metrics: [],
      licences: [{ of: 'import', name: 'mine@1', sha256: properties.weightsHash, licence: expected }],
      reproduction: null,
    });
  });

  test('a child has the licences of all that it goes back to', async () => {
    const parent = await importedModel('MIT');
    const trained = await findModel(ports, ADMIN, 'toy-memory');
    const links = [parent.id, trained.id].map(
      (modelId) => ({ modelId, relation: 'merged-from', weight: 0.5 }) as const,
    );
    const child: Model = {
      ...trained,
      id: `${trained.id.slice(0, -1)}Z`,
      name: 'child',
      runId: null,
      parents: links,
    };
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: child, expected: null }]);
    const { licences, lineage } = await metadata('child');
    expect(licences.map(({ licence }) => licence).sort()).toEqual(['MIT', 'public domain', 'unknown']);
    expect(lineage.ancestors.map(({ reference }) => reference).sort()).toEqual([
      'mine@1',
      'toy-base@1',
      'toy-memory@1',
    ]);
  });

  test('an ancestor that the registry has lost is named by its id', async () => {
    const lost = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const model = await importedModel();
    const parents = [{ modelId: lost, relation: 'baked-from', weight: 1 }] as const;
    const orphan: Model = { ...model, id: `${model.id.slice(0, -1)}Z`, name: 'orphan', parents };
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: orphan, expected: null }]);
    const { lineage } = await metadata('orphan');
    expect(lineage.ancestors).toEqual([{ modelId: lost, reference: null, role: null }]);
  });
});

test('whatever it holds, it is what its schema says', async () => {
  await importedModel();
  for (const name of ['toy-memory', 'toy-base', 'mine'])
    expect(parseDocument(modelMetadata, JSON.parse(JSON.stringify(await metadata(name))))).toMatchObject({
      ok: true,
    });
});

test('a record that is not whole is called corrupt, with the place', async () => {
  const model = await importedModel();
  const broken: Model = { ...model, files: [], recordVersion: 2 };
  await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: broken, expected: 1 }]);
  await expect(metadata('mine')).rejects.toMatchObject({
    kind: 'corrupt',
    problems: [expect.objectContaining({ pointer: '/files' })],
  });
});
