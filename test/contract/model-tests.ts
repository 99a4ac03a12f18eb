/** What every registry promises of models: versions, statuses, lineage. */
import type { Change } from '#core/ports/registry-writer.ts';
import { corpusOf, idOf, modelOf, OTHER, refusal, runOf, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export function versionTests(ports: () => RegistryPorts, commit: Commit): void {
  it('numbers the versions of a name without gaps when twenty commits race', async () => {
    const register = async (number: number): Promise<void> => {
      for (;;) {
        const last = await ports().models.byName(TENANT, 'toy-reasoning', null);
        const model = modelOf(number, { version: (last?.version ?? 0) + 1 });
        try {
          return await commit([{ kind: 'model', model, expected: null }]);
        } catch (error) {
          if ((error as { kind?: unknown }).kind !== 'conflict') throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, number) => register(number)));
    const { items } = await ports().models.list(
      TENANT,
      { name: 'toy-reasoning' },
      { limit: 50, after: null },
    );
    const versions = items.map((model) => model.version).sort((left, right) => left - right);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it.each([0, 2, 7])('refuses version %i as the first of a name', async (version) => {
    const wrong = commit([{ kind: 'model', model: modelOf(1, { version }), expected: null }]);
    expect(await refusal(wrong)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().models.get(TENANT, idOf(1))).toBeNull();
  });

  it('finds a version of a name, and the newest when none is asked for', async () => {
    await commit([{ kind: 'model', model: modelOf(1), expected: null }]);
    await commit([{ kind: 'model', model: modelOf(2, { version: 2 }), expected: null }]);
    expect((await ports().models.byName(TENANT, 'toy-reasoning', 1))?.id).toBe(idOf(1));
    expect((await ports().models.byName(TENANT, 'toy-reasoning', null))?.id).toBe(idOf(2));
    expect(await ports().models.byName(TENANT, 'toy-reasoning', 3)).toBeNull();
  });

  it('changes the status of a model under its record version', async () => {
    await commit([{ kind: 'model', model: modelOf(1), expected: null }]);
    const changed = modelOf(1, { status: 'quarantined', recordVersion: 2 });
    await commit([{ kind: 'model', model: changed, expected: 1 }]);
    expect((await ports().models.get(TENANT, idOf(1)))?.status).toBe('quarantined');
    expect(await refusal(commit([{ kind: 'model', model: changed, expected: 1 }]))).toEqual({
      kind: 'conflict',
      code: 'stale_version',
    });
  });
}

export function statusTests(ports: () => RegistryPorts, commit: Commit): void {
  it('hides deleted models from lists, but not from who asks for them, for any, or by id and version', async () => {
    await commit([{ kind: 'model', model: modelOf(1), expected: null }]);
    await commit([{ kind: 'model', model: modelOf(2, { version: 2, status: 'archived' }), expected: null }]);
    await commit([{ kind: 'model', model: modelOf(3, { version: 3, status: 'deleted' }), expected: null }]);
    const versions = async (filter: Parameters<RegistryPorts['models']['list']>[1]) =>
      (await ports().models.list(TENANT, filter, { limit: 9, after: null })).items.map(
        ({ version }) => version,
      );
    expect(await versions({})).toEqual([2, 1]);
    expect(await versions({ status: 'any' })).toEqual([3, 2, 1]);
    expect(await versions({ status: 'deleted' })).toEqual([3]);
    expect((await ports().models.get(TENANT, idOf(3)))?.status).toBe('deleted');
    expect((await ports().models.byName(TENANT, 'toy-reasoning', 3))?.status).toBe('deleted');
  });

  it('answers the newest active version of a name, while numbers go on after the newest of all', async () => {
    await commit([{ kind: 'model', model: modelOf(1), expected: null }]);
    await commit([{ kind: 'model', model: modelOf(2, { version: 2, status: 'deleted' }), expected: null }]);
    expect((await ports().models.latest(TENANT, 'toy-reasoning'))?.version).toBe(1);
    expect((await ports().models.byName(TENANT, 'toy-reasoning', null))?.version).toBe(2);
    expect(await ports().models.latest(TENANT, 'nobody')).toBeNull();
    expect(await ports().models.latest(OTHER, 'toy-reasoning')).toBeNull();
    await commit([{ kind: 'model', model: modelOf(3, { version: 3 }), expected: null }]);
    expect((await ports().models.latest(TENANT, 'toy-reasoning'))?.version).toBe(3);
  });

  it('names every tenant that has a run, a model or a corpus, each once', async () => {
    expect(await ports().tenants.list()).toEqual([]);
    await commit([{ kind: 'run', run: runOf(1), expected: null }], 'with-run');
    await commit([{ kind: 'run', run: runOf(2), expected: null }], 'with-run');
    await commit([{ kind: 'model', model: modelOf(1), expected: null }], 'with-model');
    await commit([{ kind: 'corpus', corpus: corpusOf(1), expected: null }], 'with-corpus');
    expect([...(await ports().tenants.list())].sort()).toEqual(['with-corpus', 'with-model', 'with-run']);
  });
}

export function lineageTests(ports: () => RegistryPorts, commit: Commit): void {
  const child = (number: number, name: string, parents: readonly number[]): Change => ({
    kind: 'model',
    expected: null,
    model: modelOf(number, {
      name,
      parents: parents.map((parent) => ({
        modelId: idOf(parent),
        relation: 'continued-from',
        weight: 1 / parents.length,
      })),
    }),
  });

  it('answers every edge above a model over three generations, and none beside or below it', async () => {
    await commit([
      child(1, 'base', []),
      child(2, 'a', [1]),
      child(3, 'b', [1]),
      child(4, 'merged', [2, 3]),
      child(5, 'beside', [1]),
      child(6, 'below', [4]),
    ]);
    const edges = await ports().models.edgesAbove(TENANT, idOf(4));
    const pairs = edges.map(({ parent, child: below, weight }) => `${parent}>${below}:${weight}`).sort();
    const expected = [
      [1, 2, 1],
      [1, 3, 1],
      [2, 4, 0.5],
      [3, 4, 0.5],
    ];
    expect(pairs).toEqual(
      expected.map(([up = 0, down = 0, weight]) => `${idOf(up)}>${idOf(down)}:${weight}`).sort(),
    );
    expect(await ports().models.edgesAbove(TENANT, idOf(1))).toEqual([]);
    const { items } = await ports().models.list(TENANT, { parent: idOf(1) }, { limit: 10, after: null });
    expect(items.map((model) => model.name)).toEqual(['beside', 'b', 'a']);
  });

  it('filters models by run, phase, status and name together', async () => {
    await commit([
      { kind: 'model', model: modelOf(1, { name: 'a' }), expected: null },
      { kind: 'model', model: modelOf(2, { name: 'b', runId: idOf(50) }), expected: null },
      { kind: 'model', model: modelOf(3, { name: 'c', status: 'quarantined' }), expected: null },
      { kind: 'model', model: modelOf(4, { name: 'd', phase: 'evomerge' }), expected: null },
    ]);
    const names = async (filter: Parameters<RegistryPorts['models']['list']>[1]) =>
      (await ports().models.list(TENANT, filter, { limit: 10, after: null })).items.map(({ name }) => name);
    expect(await names({ run: idOf(50) })).toEqual(['b']);
    expect(await names({ status: 'quarantined' })).toEqual(['c']);
    expect(await names({ phase: 'evomerge' })).toEqual(['d']);
    expect(await names({ run: idOf(1), phase: 'cognate', status: 'active' })).toEqual(['a']);
    expect(await names({ name: 'a', status: 'quarantined' })).toEqual([]);
  });
}
