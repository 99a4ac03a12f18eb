import { deletePreset, savePreset } from '#core/application/commands/change-preset.ts';
import { changeRun } from '#core/application/commands/change-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { findModel } from '#core/application/queries/find-model.ts';
import { getLineage } from '#core/application/queries/get-lineage.ts';
import { planRun } from '#core/application/queries/plan-run.ts';
import { resolveDocument } from '#core/application/queries/resolve-document.ts';
import type { Model } from '#core/domain/model.ts';
import type { Principal } from '#core/domain/principal.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun, submittedRun, toyCorpus, toyDocument } from '#test/support/toy-run.ts';

async function withModels(): Promise<{ ports: MemoryPorts; memory: Model }> {
  const ports = memoryPorts();
  for (const seed of [1, 2]) {
    const { id } = await startedRun(ports, { seed });
    leaveCognateResults(ports.store, id);
    await completePhase(ports, ADMIN, { runId: id, phase: 'cognate' });
    ports.advance(25 * 3600 * 1000);
  }
  return { ports, memory: await findModel(ports, ADMIN, 'toy-memory') };
}

describe('a reference to a model', () => {
  test('may be an id, a name, a version or latest', async () => {
    const { ports, memory } = await withModels();
    const find = (reference: string) => findModel(ports, ADMIN, reference);

    expect(memory.version).toBe(2);
    expect(await find(memory.id)).toEqual(memory);
    expect(await find('toy-memory@latest')).toEqual(memory);
    expect(await find('toy-memory@2')).toEqual(memory);
    expect((await find('toy-memory@1')).version).toBe(1);
  });

  test.each(['toy-memory@3', 'toy-memory@best', 'toy', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '', '@1'])(
    '"%s" is not found',
    async (text) => {
      const { ports } = await withModels();
      await expect(findModel(ports, ADMIN, text)).rejects.toMatchObject({ kind: 'not_found' });
    },
  );

  test.each([
    'toy-memory@0',
    'toy-memory@',
    'toy-memory@Best',
    'toy-memory@-best',
    'toy-memory@01',
    'toy-memory@1e3',
  ])('"%s" names no version', async (text) => {
    const { ports } = await withModels();
    await expect(findModel(ports, ADMIN, text)).rejects.toMatchObject({ code: 'invalid_reference' });
  });

  test("another tenant's model is not found by any of them", async () => {
    const { ports, memory } = await withModels();
    for (const text of [memory.id, 'toy-memory', 'toy-memory@1'])
      await expect(findModel(ports, STRANGER, text)).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('the lineage of a model', () => {
  test('of the base shows its three variants below it', async () => {
    const { ports } = await withModels();
    const lineage = await getLineage(ports, ADMIN, 'toy-base');

    expect(lineage.nodes.map((node) => node.name).sort()).toEqual([
      'toy-adaptive',
      'toy-base',
      'toy-memory',
      'toy-reasoning',
    ]);
    expect(lineage.edges.map((edge) => edge.parent)).toEqual(Array(3).fill(lineage.model));
  });

  test('has no edge whose ends are not registered', async () => {
    const { ports } = await withModels();
    for (const name of ['toy-base', 'toy-memory']) {
      const { nodes, edges } = await getLineage(ports, ADMIN, name);
      const ids = nodes.map((node) => node.id);
      for (const edge of edges) expect(ids).toEqual(expect.arrayContaining([edge.parent, edge.child]));
    }
  });
});

describe('a run that starts from a model', () => {
  const document = (model: string) => toyDocument({ phases: [3], input: { corpus: 'speeches', model } });

  test('is resolved to the exact model', async () => {
    const { ports, memory } = await withModels();
    const { resolved, models } = await resolveDocument(ports, ADMIN, document('toy-memory'));
    expect(resolved.models).toEqual([memory.id]);
    expect(models).toEqual([memory]);
  });

  test('is refused when the model is not active', async () => {
    const { ports, memory } = await withModels();
    const quarantined = { ...memory, status: 'quarantined', recordVersion: 2 } as const;
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: quarantined, expected: 1 }]);
    await expect(resolveDocument(ports, ADMIN, document('toy-memory@2'))).rejects.toMatchObject({
      kind: 'conflict',
      code: 'not_verified',
    });
  });
});

describe('a plan', () => {
  test('shows phases, stages, jobs, gates and what waits for measurement, and writes nothing', async () => {
    const ports = memoryPorts();
    await toyCorpus(ports);
    const before = structuredClone(ports.store);
    const plan = await planRun(ports, ADMIN, toyDocument({ phases: [1, 2] }));

    expect(
      plan.phases.map(({ phase, available, jobs, handOver }) => [phase, available, jobs, handOver]),
    ).toEqual([
      ['cognate', true, 5, 'input→cognate'],
      ['evomerge', true, 5, 'cognate→evomerge'],
    ]);
    expect(plan.phases[0]).toMatchObject({ config: { d_model: 64 }, resources: { threads: 1 } });
    expect(plan.phases[0]?.gates).toHaveLength(13);
    expect(plan.deferred).toContain('cognate→evomerge.one-architecture');
    expect(plan.corpus).toMatchObject({ name: 'speeches', documents: 2 });
    expect(ports.store).toEqual(before);
  });
});

describe('presets', () => {
  const wanted = { name: 'mine', description: 'small', config: { cognate: { steps: 5 } }, expected: null };

  test('are saved, used, changed and deleted under their version', async () => {
    const ports = memoryPorts();
    const saved = await savePreset(ports, ADMIN, wanted);
    expect(saved).toMatchObject({ recordVersion: 1, builtIn: false });
    const run = await submittedRun(ports, { preset: 'mine' });
    expect(run.resolved.config.cognate).toMatchObject({ steps: 5, d_model: 256 });

    const changed = await savePreset(ports, ADMIN, { ...wanted, expected: 1, description: 'smaller' });
    expect(changed.recordVersion).toBe(2);
    await deletePreset(ports, ADMIN, 'mine', 2);
    expect(await ports.presets.get(ADMIN.tenant, 'mine')).toBeNull();
  });

  test.each([
    ['creating one that is there', { ...wanted, expected: null }, 'exists'],
    ['changing under a version that has passed', { ...wanted, expected: 7 }, 'stale_version'],
  ])('%s is a conflict', async (_, change, code) => {
    const ports = memoryPorts();
    await savePreset(ports, ADMIN, wanted);
    await expect(savePreset(ports, ADMIN, change)).rejects.toMatchObject({ kind: 'conflict', code });
  });

  test('deleting under a version that has passed is a conflict', async () => {
    const ports = memoryPorts();
    await savePreset(ports, ADMIN, wanted);
    await expect(deletePreset(ports, ADMIN, 'mine', 2)).rejects.toMatchObject({ code: 'stale_version' });
    expect(await ports.presets.get(ADMIN.tenant, 'mine')).not.toBeNull();
  });

  test('the built-in ones can be neither changed nor deleted', async () => {
    const ports = memoryPorts();
    const change = { ...wanted, name: 'demo', expected: 1 };
    await expect(savePreset(ports, ADMIN, change)).rejects.toMatchObject({ code: 'built_in' });
    await expect(deletePreset(ports, ADMIN, 'test', 1)).rejects.toMatchObject({ code: 'built_in' });
  });

  test('settings that no run could use are refused when they are saved', async () => {
    const ports = memoryPorts();
    const change = { ...wanted, config: { cognate: { steps: 0, hedas: 1 } } };
    await expect(savePreset(ports, ADMIN, change)).rejects.toMatchObject({
      kind: 'validation',
      problems: expect.arrayContaining([
        expect.objectContaining({ pointer: '/config/cognate/steps', code: 'out_of_range' }),
        expect.objectContaining({ pointer: '/config/cognate/hedas', code: 'unknown_field' }),
      ]),
    });
    expect(ports.store.tables.presets.size).toBe(0);
  });

  test('a runner may use them but not change them', async () => {
    const ports = memoryPorts();
    const runner: Principal = { ...ADMIN, role: 'runner' };
    await expect(savePreset(ports, runner, wanted)).rejects.toMatchObject({ code: 'role_required' });
    await expect(deletePreset(ports, runner, 'mine', 1)).rejects.toMatchObject({ code: 'role_required' });
  });
});

describe('changing a run while others change it too', () => {
  test('applies every change once, and gives up on a conflict that stays', async () => {
    const ports = memoryPorts();
    const { id } = await submittedRun(ports);
    const label = (name: string) =>
      changeRun(ports, ADMIN, id, (run) => ({
        run: { ...run, document: { ...run.document, labels: { ...run.document.labels, [name]: 'x' } } },
      }));
    await Promise.all(['a', 'b', 'c', 'd'].map(label));
    const run = await ports.runs.get(ADMIN.tenant, id);

    expect(Object.keys(run?.document.labels ?? {}).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(run?.version).toBe(5);

    let tries = 0;
    const clashing = changeRun(ports, ADMIN, id, (before) => {
      tries += 1;
      return { run: { ...before }, also: [{ kind: 'run', run: { ...before, version: 1 }, expected: null }] };
    });
    await expect(clashing).rejects.toMatchObject({ kind: 'conflict' });
    expect(tries).toBe(5);
  });
});
