/** What every registry promises: conditional writes, all or nothing, per tenant. */
import presetFile from '#contracts/presets.json' with { type: 'json' };
import type { Change } from '#core/ports/registry-writer.ts';
import { accessTests } from './access-tests.ts';
import { aliasTests } from './alias-tests.ts';
import { costTests } from './cost-tests.ts';
import { lineageTests, statusTests, versionTests } from './model-tests.ts';
import { quotaTests } from './quota-tests.ts';
import {
  AT,
  corpusOf,
  eventOf,
  idOf,
  metricOf,
  modelOf,
  OTHER,
  presetOf,
  refusal,
  runOf,
  TENANT,
} from './records.ts';
import type { Commit, RegistryPorts, RegistryWorld } from './registry-world.ts';
import { uploadTests } from './upload-tests.ts';
import { webhookTests } from './webhook-tests.ts';

const BUILT_IN = presetFile.presets.map((preset) => preset.name);
const LATER = '2026-03-02T11:59:59.000Z';
const AFTER_EXPIRY = '2026-03-02T12:00:00.000Z';
const keyChange = (key: string, runId: string, now = AT): Change => ({
  kind: 'idempotency',
  key,
  bodyHash: `hash of ${runId}`,
  runId,
  now,
  expiresAt: AFTER_EXPIRY,
});

export function runRegistrySuite(name: string, make: () => Promise<RegistryWorld>): void {
  describe(`the ${name} registry`, () => {
    let world: RegistryWorld;
    let ports: RegistryPorts;
    const commit = (changes: readonly Change[], tenant = TENANT) => ports.registry.commit(tenant, changes);

    beforeEach(async () => {
      world = await make();
      ports = world.ports;
    });
    afterEach(() => world.close());

    conditionTests(() => ports, commit);
    keyTests(() => ports, commit);
    versionTests(() => ports, commit);
    lineageTests(() => ports, commit);
    accessTests(() => ports, commit);
    pagingTests(() => ports, commit);
    tenantTests(() => ports, commit);
    emptyTenantTests(() => ports);
    presetTests(() => ports, commit);
    statusTests(() => ports, commit);
    aliasTests(() => ports, commit);
    sharedNameTests(() => ports, commit);
    uploadTests(() => ports, commit);
    webhookTests(() => ports, commit);
    quotaTests(() => ports, commit);
    costTests(() => ports, commit);
  });
}

function conditionTests(ports: () => RegistryPorts, commit: Commit): void {
  it('writes a record once: creating it again is a conflict and changes nothing', async () => {
    await commit([{ kind: 'run', run: runOf(1), expected: null }]);
    const again = commit([{ kind: 'run', run: runOf(1, { name: 'second' }), expected: null }]);
    expect(await refusal(again)).toEqual({ kind: 'conflict', code: 'exists' });
    expect((await ports().runs.get(TENANT, idOf(1)))?.name).toBe('toy');
  });

  it('changes a record only from the version that the writer saw', async () => {
    await commit([{ kind: 'run', run: runOf(1), expected: null }]);
    await commit([{ kind: 'run', run: runOf(1, { version: 2, status: 'running' }), expected: 1 }]);
    const late = commit([{ kind: 'run', run: runOf(1, { version: 2, status: 'failed' }), expected: 1 }]);
    expect(await refusal(late)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().runs.get(TENANT, idOf(1))).toMatchObject({ status: 'running', version: 2 });
  });

  it('refuses to change what is not there', async () => {
    const missing = commit([{ kind: 'run', run: runOf(7, { version: 2 }), expected: 1 }]);
    expect(await refusal(missing)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().runs.get(TENANT, idOf(7))).toBeNull();
  });

  it('writes all changes of a commit or none, whatever their kind', async () => {
    await commit([{ kind: 'preset', preset: presetOf(), expected: null }]);
    const changes: Change[] = [
      { kind: 'run', run: runOf(1), expected: null },
      { kind: 'model', model: modelOf(2), expected: null },
      { kind: 'corpus', corpus: corpusOf(3), expected: null },
      { kind: 'event', event: eventOf(idOf(1)) },
      keyChange('key', idOf(1)),
      { kind: 'preset', preset: presetOf(), expected: null },
    ];
    expect(await refusal(commit(changes))).toEqual({ kind: 'conflict', code: 'exists' });
    expect(await ports().runs.get(TENANT, idOf(1))).toBeNull();
    expect(await ports().models.byName(TENANT, 'toy-reasoning', null)).toBeNull();
    expect(await ports().corpora.byName(TENANT, 'speeches')).toBeNull();
    expect(await ports().events.read(TENANT, idOf(1), 0, 10)).toEqual([]);
    expect(await ports().runs.byIdempotencyKey(TENANT, 'key', AT)).toBeNull();
  });
}

function presetTests(ports: () => RegistryPorts, commit: Commit): void {
  it('saves, changes and deletes presets under the version that was seen', async () => {
    await commit([{ kind: 'preset', preset: presetOf(), expected: null }]);
    await commit([
      { kind: 'preset', preset: presetOf({ recordVersion: 2, description: 'new' }), expected: 1 },
    ]);
    expect((await ports().presets.get(TENANT, 'mine'))?.description).toBe('new');
    const stale = commit([{ kind: 'delete-preset', name: 'mine', expected: 1 }]);
    expect(await refusal(stale)).toEqual({ kind: 'conflict', code: 'stale_version' });
    await commit([{ kind: 'delete-preset', name: 'mine', expected: 2 }]);
    expect(await ports().presets.get(TENANT, 'mine')).toBeNull();
    expect((await ports().presets.list(TENANT)).map((preset) => preset.name)).toEqual(BUILT_IN);
  });

  it('lets one of twenty writers of the same version win', async () => {
    await commit([{ kind: 'run', run: runOf(1), expected: null }]);
    const racers = Array.from({ length: 20 }, (_, racer) =>
      commit([{ kind: 'run', run: runOf(1, { version: 2, name: `racer-${racer}` }), expected: 1 }]),
    );
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
    expect(await ports().runs.get(TENANT, idOf(1))).toMatchObject({ name: `racer-${winner}`, version: 2 });
  });
}

function keyTests(ports: () => RegistryPorts, commit: Commit): void {
  it('keeps an Idempotency-Key for its run until it expires', async () => {
    await commit([keyChange('key', idOf(1))]);
    const found = { runId: idOf(1), bodyHash: `hash of ${idOf(1)}` };
    expect(await ports().runs.byIdempotencyKey(TENANT, 'key', LATER)).toEqual(found);
    expect(await ports().runs.byIdempotencyKey(TENANT, 'key', AFTER_EXPIRY)).toBeNull();
    expect(await ports().runs.byIdempotencyKey(TENANT, 'other key', LATER)).toBeNull();
  });

  it('refuses a key that is in use and takes one that has expired', async () => {
    await commit([keyChange('key', idOf(1))]);
    const used = commit([keyChange('key', idOf(2), LATER)]);
    expect(await refusal(used)).toEqual({ kind: 'conflict', code: 'idempotency_key_in_use' });
    await commit([
      { ...keyChange('key', idOf(3), AFTER_EXPIRY), expiresAt: '2026-03-03T12:00:00.000Z' } as Change,
    ]);
    expect((await ports().runs.byIdempotencyKey(TENANT, 'key', AFTER_EXPIRY))?.runId).toBe(idOf(3));
  });

  it('gives a key to one of twenty submissions at once, and writes only its run', async () => {
    const racers = Array.from({ length: 20 }, (_, racer) =>
      commit([keyChange('key', idOf(racer)), { kind: 'run', run: runOf(racer), expected: null }]),
    );
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const { items } = await ports().runs.list(TENANT, {}, { limit: 50, after: null });
    const winner = await ports().runs.byIdempotencyKey(TENANT, 'key', AT);
    expect(items.map((run) => run.id)).toEqual([winner?.runId]);
  });
}

function pagingTests(ports: () => RegistryPorts, commit: Commit): void {
  it('pages newest first, showing each record once although newer ones come in between', async () => {
    for (const number of [1, 2, 3, 4, 5]) await commit([{ kind: 'run', run: runOf(number), expected: null }]);
    const first = await ports().runs.list(TENANT, {}, { limit: 2, after: null });
    await commit([{ kind: 'run', run: runOf(6), expected: null }]);
    const second = await ports().runs.list(TENANT, {}, { limit: 2, after: first.next });
    await commit([{ kind: 'run', run: runOf(7), expected: null }]);
    const third = await ports().runs.list(TENANT, {}, { limit: 2, after: second.next });
    const seen = [first, second, third].map((page) => page.items.map((run) => run.id));
    expect(seen).toEqual([[idOf(5), idOf(4)], [idOf(3), idOf(2)], [idOf(1)]]);
    expect(third.next).toBeNull();
  });

  it('knows that a page that is just full is the last one', async () => {
    for (const number of [1, 2]) await commit([{ kind: 'corpus', corpus: corpusOf(number), expected: null }]);
    const page = await ports().corpora.list(TENANT, { limit: 2, after: null });
    expect(page.items.map((corpus) => corpus.id)).toEqual([idOf(2), idOf(1)]);
    expect(page.next).toBeNull();
  });

  it('filters runs by status and shows a summary of each', async () => {
    await commit([{ kind: 'run', run: runOf(1), expected: null }]);
    await commit([{ kind: 'run', run: runOf(2, { status: 'running' }), expected: null }]);
    const { items } = await ports().runs.list(TENANT, { status: 'running' }, { limit: 9, after: null });
    expect(items).toEqual([
      {
        id: idOf(2),
        name: 'toy',
        status: 'running',
        createdAt: AT,
        startedAt: null,
        endedAt: null,
        version: 1,
        phases: [{ slug: 'cognate', status: 'pending' }],
      },
    ]);
  });

  it('finds the newest corpus of a name, and any by its hash', async () => {
    await commit([{ kind: 'corpus', corpus: corpusOf(1), expected: null }]);
    await commit([{ kind: 'corpus', corpus: corpusOf(2), expected: null }]);
    expect((await ports().corpora.byName(TENANT, 'speeches'))?.id).toBe(idOf(2));
    expect((await ports().corpora.byHash(TENANT, corpusOf(1).sha256))?.id).toBe(idOf(1));
    expect((await ports().corpora.get(TENANT, idOf(1)))?.sha256).toBe(corpusOf(1).sha256);
    const again = commit([{ kind: 'corpus', corpus: corpusOf(1), expected: null }]);
    expect(await refusal(again)).toEqual({ kind: 'conflict', code: 'exists' });
  });
}

function tenantTests(ports: () => RegistryPorts, commit: Commit): void {
  it('shows nothing of one tenant to another, through any reader', async () => {
    await commit([
      { kind: 'run', run: runOf(1), expected: null },
      { kind: 'model', model: modelOf(2), expected: null },
      {
        kind: 'model',
        model: modelOf(3, {
          name: 'child',
          parents: [{ modelId: idOf(2), relation: 'continued-from', weight: 1 }],
        }),
        expected: null,
      },
      { kind: 'corpus', corpus: corpusOf(4), expected: null },
      { kind: 'preset', preset: presetOf(), expected: null },
      { kind: 'event', event: eventOf(idOf(1)) },
      keyChange('key', idOf(1)),
    ]);
    await ports().metricLog.record(TENANT, [metricOf(idOf(1), 'base/loss')]);
    const page = { limit: 10, after: null };
    const { runs, models, corpora, presets, events, metrics } = ports();
    const seen = await Promise.all([
      runs.get(OTHER, idOf(1)),
      runs.byIdempotencyKey(OTHER, 'key', AT),
      models.get(OTHER, idOf(2)),
      models.byName(OTHER, 'toy-reasoning', null),
      models.byName(OTHER, 'toy-reasoning', 1),
      corpora.get(OTHER, idOf(4)),
      corpora.byName(OTHER, 'speeches'),
      corpora.byHash(OTHER, corpusOf(4).sha256),
      presets.get(OTHER, 'mine'),
      metrics.get(OTHER, metricOf(idOf(1), 'base/loss').id),
    ]);
    expect(seen).toEqual(seen.map(() => null));
    const lists = await Promise.all([
      runs.list(OTHER, {}, page).then(({ items }) => items),
      models.list(OTHER, {}, page).then(({ items }) => items),
      models.list(OTHER, { parent: idOf(2) }, page).then(({ items }) => items),
      models.edgesAbove(OTHER, idOf(3)),
      corpora.list(OTHER, page).then(({ items }) => items),
      presets.list(OTHER).then((all) => all.filter((preset) => !preset.builtIn)),
      events.read(OTHER, idOf(1), 0, 10),
      metrics.list(OTHER, idOf(1), {}),
    ]);
    expect(lists).toEqual(lists.map(() => []));
  });
}

function sharedNameTests(ports: () => RegistryPorts, commit: Commit): void {
  it('lets two tenants use the same ids, names, keys and event numbers', async () => {
    for (const tenant of [TENANT, OTHER]) {
      const changes: Change[] = [
        { kind: 'run', run: runOf(1, { tenant, name: tenant }), expected: null },
        { kind: 'model', model: modelOf(2, { tenant }), expected: null },
        { kind: 'corpus', corpus: corpusOf(4, { tenant }), expected: null },
        { kind: 'preset', preset: presetOf({ tenant, description: tenant }), expected: null },
        { kind: 'event', event: eventOf(idOf(1), { key: 'same', data: { tenant } }) },
        keyChange('key', idOf(1)),
      ];
      await commit(changes, tenant);
    }
    for (const tenant of [TENANT, OTHER]) {
      expect((await ports().runs.get(tenant, idOf(1)))?.name).toBe(tenant);
      expect((await ports().presets.get(tenant, 'mine'))?.description).toBe(tenant);
      const [event] = await ports().events.read(tenant, idOf(1), 0, 10);
      expect(event).toMatchObject({ seq: 1, tenant, data: { tenant } });
    }
  });
}

function emptyTenantTests(ports: () => RegistryPorts): void {
  it.each(['', 'a/b', 'a#b', 'A', '../a', undefined, null])(
    'refuses every call for %p, which is no tenant, and writes nothing for it',
    async (wrong) => {
      const {
        tenants,
        keys,
        audit,
        runs,
        models,
        corpora,
        presets,
        registry,
        events,
        eventLog,
        metrics,
        metricLog,
      } = ports();
      const repositories = [
        keys,
        audit,
        runs,
        models,
        corpora,
        presets,
        registry,
        events,
        eventLog,
        metrics,
        metricLog,
      ];
      const refusals = repositories.flatMap((repository) =>
        Object.values(
          repository as unknown as Record<string, (tenant: unknown, ...rest: unknown[]) => Promise<unknown>>,
        ).map((method) => refusal(method(wrong, [], {}, 1))),
      );
      expect(refusals.length).toBeGreaterThan(15);
      for (const each of await Promise.all(refusals)) {
        expect(each).toEqual({ kind: 'forbidden', code: 'invalid_tenant' });
      }
      const change: Change = { kind: 'run', run: runOf(1), expected: null };
      await refusal(registry.commit(wrong as string, [change]));
      expect(await tenants.list()).toEqual([]);
    },
  );
}
