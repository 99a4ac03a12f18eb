/** The life of a registered model: which status may follow which, who needs it, and how it comes back. */
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { changeModelStatus, type ModelAct } from '#core/application/commands/change-model-status.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { findAnyModel, findModel } from '#core/application/queries/find-model.ts';
import { resolveDocument } from '#core/application/queries/resolve-document.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { ForgeError } from '#core/domain/errors.ts';
import { MODEL_STATUSES, type Model, type ModelStatus } from '#core/domain/model.ts';
import { moveModel, purgeModel } from '#core/domain/model-life.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun, toyDocument } from '#test/support/toy-run.ts';

const DAY = 24 * 3600 * 1000;
let ports: MemoryPorts;
let run: Run;

beforeEach(async () => {
  ports = memoryPorts();
  run = await startedRun(ports);
  leaveCognateResults(ports.store, run.id);
  await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' });
});

/** The run is over and needs nothing any more. */
const endRun = () => cancelRun(ports, ADMIN, run.id);

async function act(name: ModelAct, reference = 'toy-memory', reason = 'because'): Promise<Model> {
  const model = await findAnyModel(ports, ADMIN, reference);
  return changeModelStatus(ports, ADMIN, { act: name, model, reason });
}

/** Ends the run for good, so that no run in flight holds a model. */
async function settled(): Promise<void> {
  await endRun();
  const { id, version, executions } = (await ports.runs.get(ADMIN.tenant, run.id)) as Run;
  ports.workflow.end(executions[0] ?? '', 'ABORTED');
  const ended = { ...((await ports.runs.get(ADMIN.tenant, id)) as Run), status: 'cancelled' as const };
  await ports.registry.commit(ADMIN.tenant, [
    { kind: 'run', run: { ...ended, endedAt: ended.updatedAt, version: version + 1 }, expected: version },
  ]);
}

describe('which status may follow which', () => {
  const LEGAL: Readonly<Record<ModelStatus, readonly ModelStatus[]>> = {
    active: ['archived', 'quarantined', 'deleted'],
    archived: ['active', 'quarantined', 'deleted'],
    quarantined: ['active', 'deleted'],
    deleted: [],
  };
  const pairs = MODEL_STATUSES.flatMap((from) => MODEL_STATUSES.map((to) => [from, to] as const));
  const decision = { at: '2026-03-01T12:00:00.000Z', by: 'me', reason: 'why' };

  test.each(pairs)('from %s to %s', async (from, to) => {
    const model: Model = { ...(await findModel(ports, ADMIN, 'toy-memory')), status: from };
    const move = () => moveModel(model, to, decision);
    if (from === to) expect(move()).toBe(model);
    else if (LEGAL[from].includes(to)) expect(move()).toMatchObject({ status: to, recordVersion: 2 });
    else expect(move).toThrow(expect.objectContaining({ kind: 'conflict', code: 'illegal_transition' }));
  });

  test('nothing but a tombstone is purged', async () => {
    const model = await findModel(ports, ADMIN, 'toy-memory');
    expect(() => purgeModel(model, decision.at)).toThrow(/toy-memory@1 is active/);
  });
});

describe('archiving and quarantining', () => {
  test.each([
    ['archive', 'archived'],
    ['quarantine', 'quarantined'],
  ] as const)('to %s a model keeps its files and says who did it and why', async (name, status) => {
    const before = await findModel(ports, ADMIN, 'toy-memory');
    const after = await act(name);
    expect(after).toEqual({
      ...before,
      status,
      statusChanges: [{ status, at: after.updatedAt, by: 'local', reason: 'because' }],
      updatedAt: after.updatedAt,
      recordVersion: 2,
    });
    expect(await ports.models.get(ADMIN.tenant, before.id)).toEqual(after);
  });

  test.each(['archive', 'quarantine'] as const)('after %s no run may start from it', async (name) => {
    await act(name);
    const document = toyDocument({ phases: [3], input: { corpus: 'speeches', model: 'toy-memory@1' } });
    await expect(resolveDocument(ports, ADMIN, document)).rejects.toMatchObject({ code: 'not_verified' });
  });

  test('twice is once', async () => {
    const once = await act('archive');
    expect(await act('archive')).toEqual(once);
  });

  test('needs the role of a maintainer', async () => {
    const model = await findModel(ports, ADMIN, 'toy-memory');
    const runner = { ...ADMIN, role: 'runner' } as const;
    const attempt = changeModelStatus(ports, runner, { act: 'archive', model, reason: 'x' });
    await expect(attempt).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('of two at once one wins', async () => {
    const model = await findModel(ports, ADMIN, 'toy-memory');
    const attempts = (['archive', 'quarantine'] as const).map((name) =>
      changeModelStatus(ports, ADMIN, { act: name, model, reason: 'race' }),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('references', () => {
  test('the latest version is the newest active one', async () => {
    const first = await findModel(ports, ADMIN, 'toy-memory');
    const second: Model = { ...first, id: `${first.id.slice(0, -1)}Z`, version: 2 };
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: second, expected: null }]);
    expect((await findModel(ports, ADMIN, 'toy-memory')).version).toBe(2);
    await act('archive', 'toy-memory@2');
    expect((await findModel(ports, ADMIN, 'toy-memory@latest')).version).toBe(1);
    expect((await findModel(ports, ADMIN, 'toy-memory@2')).status).toBe('archived');
  });

  test('without an active version the answer names the one that there is', async () => {
    await act('archive');
    await expect(findModel(ports, ADMIN, 'toy-memory')).rejects.toMatchObject({
      kind: 'not_found',
      hint: 'toy-memory@1 is archived; name it with its version.',
    });
  });
});

describe('deleting', () => {
  test('is refused while a run in flight uses the model, which is named', async () => {
    const attempt = act('delete');
    await expect(attempt).rejects.toMatchObject({
      kind: 'conflict',
      code: 'has_dependents',
      problems: [
        { pointer: '/dependents/0', code: 'run_in_flight', message: expect.stringContaining(run.id) },
      ],
    });
  });

  test('is refused while there are children, every one of which is named', async () => {
    await settled();
    const refused = await act('delete', 'toy-base').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'has_dependents' });
    const { problems } = refused as ForgeError;
    expect(problems.map(({ code }) => code)).toEqual(['child', 'child', 'child']);
    for (const name of ['reasoning', 'memory', 'adaptive'])
      expect(problems.map(({ message }) => message).join()).toContain(`toy-${name}@1`);
  });

  test('is possible once every child is deleted', async () => {
    await settled();
    for (const name of ['reasoning', 'memory', 'adaptive']) await act('delete', `toy-${name}`);
    expect((await act('delete', 'toy-base')).status).toBe('deleted');
  });

  test('leaves a tombstone for seven days, out of every list but its own', async () => {
    await settled();
    const { tombstone } = await act('delete');
    expect(tombstone).toMatchObject({ before: 'active', purgedAt: null });
    const kept = Date.parse(tombstone?.purgeAfter ?? '') - Date.parse(tombstone?.deletedAt ?? '');
    expect(kept).toBe(7 * DAY);
    const list = async (status?: ModelStatus | 'any') => {
      const filter = status === undefined ? {} : { status };
      const page = await ports.models.list(ADMIN.tenant, filter, { limit: 10, after: null });
      return page.items.map(({ name }) => name);
    };
    expect(await list()).not.toContain('toy-memory');
    expect(await list('deleted')).toEqual(['toy-memory']);
    expect((await list('any')).length).toBe(4);
  });

  test.each(['toy-memory', 'toy-memory@1', 'the id'])(
    'after it %s is not found, and the hint restores it',
    async (text) => {
      await settled();
      const { id, tombstone } = await act('delete');
      await expect(findModel(ports, ADMIN, text === 'the id' ? id : text)).rejects.toMatchObject({
        kind: 'not_found',
        hint: `toy-memory@1 was deleted; until ${tombstone?.purgeAfter} \`forge models restore toy-memory@1 --reason WHY\` brings it back.`,
      });
    },
  );

  test('twice is once', async () => {
    await settled();
    const once = await act('delete');
    expect(await act('delete')).toEqual(once);
  });

  test('does not free the version number', async () => {
    await settled();
    await act('delete');
    ports.advance(25 * 3600 * 1000);
    const next = await startedRun(ports, { seed: 2 });
    leaveCognateResults(ports.store, next.id);
    await completePhase(ports, ADMIN, { runId: next.id, phase: 'cognate' });
    expect((await findModel(ports, ADMIN, 'toy-memory')).version).toBe(2);
  });
});

describe('restoring', () => {
  test.each(['archive', 'quarantine'] as const)('after %s makes it active', async (name) => {
    await act(name);
    expect((await act('restore')).status).toBe('active');
  });

  test.each(['active', 'archived', 'quarantined'] as const)(
    'after deleting makes it %s as it was',
    async (status) => {
      await settled();
      if (status === 'archived') await act('archive');
      if (status === 'quarantined') await act('quarantine');
      await act('delete');
      const restored = await act('restore');
      expect(restored.status).toBe(status);
      expect(restored.tombstone).toBeUndefined();
      expect(restored.statusChanges?.at(-1)).toMatchObject({ status, reason: 'because' });
    },
  );

  test.each(['quarantine', 'delete'] as const)(
    'after %s is refused when a file is damaged or lost',
    async (name) => {
      await settled();
      const { files } = await act(name);
      ports.store.blobs.set(contentKey('default', files[0]?.sha256 ?? ''), new Uint8Array([1]));
      ports.store.blobs.delete(contentKey('default', files[1]?.sha256 ?? ''));
      await expect(act('restore')).rejects.toMatchObject({
        code: 'not_verified',
        message: expect.stringMatching(/model\.safetensors is altered; config\.json is missing/),
      });
    },
  );

  test('what is active changes nothing', async () => {
    expect((await act('restore')).recordVersion).toBe(1);
  });

  test('what was purged is refused', async () => {
    await settled();
    const deleted = await act('delete');
    const purged = purgeModel(deleted, deleted.updatedAt);
    await ports.registry.commit(ADMIN.tenant, [
      { kind: 'model', model: purged, expected: deleted.recordVersion },
    ]);
    await expect(act('restore')).rejects.toMatchObject({ kind: 'conflict', code: 'purged' });
    await expect(findModel(ports, ADMIN, 'toy-memory@1')).rejects.toMatchObject({
      hint: 'toy-memory@1 was deleted and its files are gone.',
    });
  });
});
