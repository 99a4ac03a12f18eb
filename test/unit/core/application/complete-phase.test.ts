import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import { type Completed, completePhase } from '#core/application/commands/complete-phase.ts';
import { getLineage } from '#core/application/queries/get-lineage.ts';
import { verifyModel } from '#core/application/queries/verify-model.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { Model } from '#core/domain/model.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { COGNATE_FIGURES, cognateModels, leaveCognateResults, writeJson } from '#test/support/toy-results.ts';
import { startedRun, submittedRun } from '#test/support/toy-run.ts';

type Document = NonNullable<Parameters<typeof startedRun>[1]>;

async function world(change: Document = {}): Promise<{ ports: MemoryPorts; runId: string }> {
  const ports = memoryPorts();
  return { ports, runId: (await startedRun(ports, change)).id };
}

const complete = async (ports: MemoryPorts, runId: string): Promise<Completed> =>
  (await completePhase(ports, ADMIN, { runId, phase: 'cognate' })) as Completed;

async function modelsOf(ports: MemoryPorts): Promise<readonly Model[]> {
  return (await ports.models.list(ADMIN.tenant, {}, { limit: 100, after: null })).items;
}

async function byRole(ports: MemoryPorts, name: string): Promise<Model> {
  const found = (await modelsOf(ports)).find((model) => model.name === name);
  if (!found) throw new Error(`no model ${name}`);
  return found;
}

const keyOf = (runId: string, stage = 'evaluate') => `staging/${runId}/cognate/${stage}/result.json`;

function readManifest(ports: MemoryPorts, key: string): ResultManifest {
  return JSON.parse(new TextDecoder().decode(ports.store.blobs.get(key))) as ResultManifest;
}

describe('completing a phase', () => {
  test('registers base and variants, hands over the variants, and tells the log', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const answer = await complete(ports, runId);

    expect(answer).toMatchObject({ outcome: 'done', gates: { passed: 12, failed: 1 } });
    expect(
      (await modelsOf(ports)).map((model) => `${model.name}@${model.version} ${model.role}`).sort(),
    ).toEqual([
      'toy-adaptive@1 variant',
      'toy-base@1 base',
      'toy-memory@1 variant',
      'toy-reasoning@1 variant',
    ]);
    const run = await ports.runs.get(ADMIN.tenant, runId);
    const names = await Promise.all(
      answer.models.map(async (id) => (await ports.models.get(ADMIN.tenant, id))?.name),
    );
    expect(names).toEqual(['toy-reasoning', 'toy-memory', 'toy-adaptive']);
    expect(run?.phases[0]).toMatchObject({ status: 'succeeded', outputs: answer.models, error: null });
    const events = await ports.events.read(ADMIN.tenant, runId, 0, 1000);
    expect(events.map((event) => event.type)).toEqual([
      'RunSubmitted',
      'RunStarted',
      'ContractChecked',
      'PhaseStarted',
      'ContractChecked',
      ...Array(4).fill('ModelRegistered'),
      ...Array(13).fill('GateEvaluated'),
      'PhaseCompleted',
    ]);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
  });

  test('every variant names the base as its parent and carries the life of the base', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    await complete(ports, runId);
    const [base, memory] = [await byRole(ports, 'toy-base'), await byRole(ports, 'toy-memory')];

    expect(memory.parents).toEqual([{ modelId: base.id, relation: 'continued-from', weight: 1 }]);
    expect(memory.lifecycle).toHaveLength(2);
    expect(memory.lifecycle.at(-1)?.metrics).toContain(
      `${runId}/cognate/evaluate/job-evaluate/1/memory/bits_per_byte`,
    );
    const lineage = await getLineage(ports, ADMIN, 'toy-memory');
    expect(lineage.nodes.map((node) => node.name)).toEqual(['toy-memory', 'toy-base']);
    expect(lineage.edges).toEqual([
      { parent: base.id, child: memory.id, relation: 'continued-from', weight: 1 },
    ]);
  });

  test('a variant that stands before its base in the manifest has the same parent and the same life', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId, { models: cognateModels(ports.store).reverse() });
    await complete(ports, runId);

    expect((await byRole(ports, 'toy-memory')).lifecycle).toHaveLength(2);
  });

  test('twice, and twice at once, leaves one record per model and changes nothing more', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const [first, second] = await Promise.all([complete(ports, runId), complete(ports, runId)]);
    const before = structuredClone(ports.store.tables);
    const third = await complete(ports, runId);

    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(ports.store.tables).toEqual(before);
    expect(ports.store.tables.models.size).toBe(4);
  });

  test('versions of a name are gapless over runs of the same name', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    await complete(ports, runId);
    ports.advance(25 * 3600 * 1000);
    const again = await startedRun(ports);
    leaveCognateResults(ports.store, again.id);
    await complete(ports, again.id);

    const versions = (await modelsOf(ports)).filter((model) => model.name === 'toy-memory');
    expect(versions.map((model) => model.version).sort()).toEqual([1, 2]);
    expect((await ports.models.byName(ADMIN.tenant, 'toy-memory', null))?.runId).toBe(again.id);
  });

  test('a registered model lies in the store with the bytes that its record names', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    await complete(ports, runId);

    expect(await verifyModel(ports, ADMIN, 'toy-memory')).toMatchObject({ ok: true });
    const weights = (await byRole(ports, 'toy-memory')).files[0];
    const bytes = ports.store.blobs.get(contentKey('default', weights?.sha256 ?? ''));
    if (bytes) bytes[3] = (bytes[3] ?? 0) ^ 1;
    const altered = await verifyModel(ports, ADMIN, 'toy-memory');
    expect(altered.ok).toBe(false);
    expect(altered.files.filter((file) => !file.ok).map((file) => file.path)).toEqual(['model.safetensors']);
    ports.store.blobs.delete(contentKey('default', weights?.sha256 ?? ''));
    const lost = await verifyModel(ports, ADMIN, 'toy-memory');
    expect(lost.files[0]).toMatchObject({ ok: false, found: null });
  });
});

describe('a phase whose results are not what they claim', () => {
  const unchanged = async (ports: MemoryPorts, runId: string) => {
    expect(ports.store.tables.models.size).toBe(0);
    expect((await ports.runs.get(ADMIN.tenant, runId))?.phases[0]?.status).toBe('running');
  };

  test.each([
    ['altered', (bytes: Uint8Array) => bytes.map((byte, position) => (position === 0 ? byte ^ 1 : byte))],
    ['truncated', (bytes: Uint8Array) => bytes.slice(1)],
    ['lost', () => null],
  ])('%s bytes of a file are corrupt', async (_, damage) => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const key = contentKey('default', readManifest(ports, keyOf(runId)).models[1]?.files[0]?.sha256 ?? '');
    const damaged = damage(ports.store.blobs.get(key) ?? new Uint8Array());
    if (damaged) ports.store.blobs.set(key, damaged);
    else ports.store.blobs.delete(key);

    await expect(complete(ports, runId)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('model.safetensors'),
    });
    await unchanged(ports, runId);
  });

  test('a damaged artifact is corrupt and named', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    ports.store.blobs.delete(
      contentKey('default', readManifest(ports, keyOf(runId)).artifacts[0]?.sha256 ?? ''),
    );

    await expect(complete(ports, runId)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('evaluation.json'),
    });
  });

  test.each([
    ['no JSON', () => 'not json', 'corrupt'],
    ['no manifest', () => '{"schemaVersion":1}', 'corrupt'],
    [
      'of another run',
      (text: string, id: string) => text.replaceAll(id, '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      'corrupt',
    ],
    [
      'of another stage',
      (text: string) => text.replaceAll('"stage":"evaluate"', '"stage":"base"'),
      'corrupt',
    ],
    ['a report of failure', (text: string) => text.replace('"success":true', '"success":false'), 'bug'],
  ])('a result that is %s is refused', async (_, damage, kind) => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const text = new TextDecoder().decode(ports.store.blobs.get(keyOf(runId)));
    ports.store.blobs.set(keyOf(runId), new TextEncoder().encode(damage(text, runId)));

    await expect(complete(ports, runId)).rejects.toMatchObject({ kind });
    await unchanged(ports, runId);
  });

  test('a missing result of one array child is named', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    ports.store.blobs.delete(`staging/${runId}/cognate/variants/1/result.json`);

    await expect(complete(ports, runId)).rejects.toMatchObject({
      kind: 'bug',
      message: expect.stringContaining('variants/1/result.json is missing'),
    });
  });

  test.each([
    ['one-architecture', { architectureHash: hashOf('another') }],
    ['one-base', { baseHash: hashOf('another') }],
    ['common-base', { baseHash: null }],
    ['close-to-base', { relativeTaskVector: 1 }],
    ['close-to-base', { relativeTaskVector: null }],
    ['tokenizer-fits', { tokenizerSize: 319 }],
    ['finite-weights', { finite: false }],
    ['no-zero-matrix', { zeroMatrices: ['blocks.0.wq'] }],
    ['reserved-rows', { reservedRows: 15 }],
  ])(
    'an output that breaks %s is refused by that name and with the command that explains it',
    async (rule, change) => {
      const { ports, runId } = await world();
      const [base, first, ...others] = cognateModels(ports.store);
      if (!base || !first) throw new Error('expected models');
      const broken = { ...first, properties: { ...first.properties, ...change } };
      leaveCognateResults(ports.store, runId, { models: [base, broken, ...others] });

      await expect(complete(ports, runId)).rejects.toMatchObject({
        kind: 'contract',
        problems: expect.arrayContaining([expect.objectContaining({ code: `cognate.output.${rule}` })]),
        hint: expect.stringContaining('forge phases describe cognate'),
      });
      await unchanged(ports, runId);
    },
  );

  test('two variants are too few', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId, { models: cognateModels(ports.store).slice(0, 3) });

    await expect(complete(ports, runId)).rejects.toMatchObject({
      problems: [expect.objectContaining({ code: 'cognate.output.three-variants' })],
    });
  });
});

describe('lineage that cannot be true', () => {
  const parent = (name: string | null, modelId: string | null = null) => [
    { name, modelId, relation: 'continued-from' as const, weight: 1 },
  ];

  test.each([
    ['a model that the phase did not make', parent('nobody')],
    ['a model that is not registered', parent(null, '01ARZ3NDEKTSV4RRFFQ69G5FAV')],
    ['neither name nor id', parent(null)],
  ])('a parent that is %s is a defect of the phase', async (_, parents) => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId, { models: cognateModels(ports.store, { parents }) });

    await expect(complete(ports, runId)).rejects.toMatchObject({ kind: 'bug' });
    expect(ports.store.tables.models.size).toBe(0);
  });

  test('a model that descends from itself is refused', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId, {
      models: cognateModels(ports.store, { parents: parent('memory') }),
    });

    await expect(complete(ports, runId)).rejects.toMatchObject({ code: 'lineage_cycle' });
    expect(ports.store.tables.models.size).toBe(0);
  });

  test('two models of one name are a defect of the phase', async () => {
    const { ports, runId } = await world();
    const models = cognateModels(ports.store);
    leaveCognateResults(ports.store, runId, { models: [...models, ...models.slice(1, 2)] });

    await expect(complete(ports, runId)).rejects.toMatchObject({ kind: 'bug' });
  });
});

describe('gates of a phase', () => {
  const gate = { phase: 'cognate', metric: 'memory/bits_per_byte', op: '<', bound: 2 } as const;

  test('a gate that reports leaves its failed verdict in the record and in the log', async () => {
    const { ports, runId } = await world({ gates: [gate] });
    leaveCognateResults(ports.store, runId);
    await complete(ports, runId);
    const run = await ports.runs.get(ADMIN.tenant, runId);

    expect(run?.phases[0]?.gates.at(-1)).toEqual({
      gate: { metric: 'memory/bits_per_byte', op: '<', bound: 2, onFailure: 'report' },
      verdict: 'failed',
      measured: {
        value: 2.2,
        unit: 'bits/byte',
        metric: `${runId}/cognate/evaluate/job-evaluate/1/memory/bits_per_byte`,
      },
      bound: null,
    });
  });

  test.each([
    ['failed', gate.metric],
    ['not measured', 'memory/nothing'],
  ])('a gate that fails the phase refuses it when its verdict is "%s"', async (verdict, metric) => {
    const { ports, runId } = await world({ gates: [{ ...gate, metric, onFailure: 'fail' }] });
    leaveCognateResults(ports.store, runId);

    await expect(complete(ports, runId)).rejects.toMatchObject({
      kind: 'contract',
      code: 'gate_failed',
      message: expect.stringContaining(verdict),
    });
    expect(ports.store.tables.models.size).toBe(0);
    expect(ports.store.metrics.size).toBeGreaterThan(COGNATE_FIGURES.length);
  });
});

describe('a phase that nobody waits for', () => {
  test('is not completed before it was started', async () => {
    const ports = memoryPorts();
    const { id } = await submittedRun(ports);
    leaveCognateResults(ports.store, id);

    await expect(complete(ports, id)).rejects.toMatchObject({ kind: 'conflict', code: 'phase_not_running' });
    expect(ports.store.tables.models.size).toBe(0);
  });
});

describe('a run that has ended', () => {
  test('takes no late result', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const run = await ports.runs.get(ADMIN.tenant, runId);
    if (!run) throw new Error('no run');
    await ports.registry.commit(ADMIN.tenant, [
      { kind: 'run', run: { ...run, status: 'failed', version: run.version + 1 }, expected: run.version },
    ]);

    await expect(complete(ports, runId)).rejects.toMatchObject({ kind: 'conflict', code: 'run_ended' });
    expect(ports.store.tables.models.size).toBe(0);
  });

  test('writing a manifest twice keeps the last one', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    const manifest = readManifest(ports, keyOf(runId));
    writeJson(ports.store, keyOf(runId), { ...manifest, attempt: 2, durationSeconds: 9 });
    await complete(ports, runId);

    const id = `${runId}/cognate/evaluate/job-evaluate/2/evaluate/job_seconds`;
    expect(await ports.metrics.get(ADMIN.tenant, id)).toMatchObject({ value: 9, unit: 's' });
  });
});
