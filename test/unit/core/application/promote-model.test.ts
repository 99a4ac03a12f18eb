/** Promoting a model: an alias points at one version, which is active and has the bytes that it was registered with. */
import { changeModelStatus, type ModelAct } from '#core/application/commands/change-model-status.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { promoteModel } from '#core/application/commands/promote-model.ts';
import { findModel } from '#core/application/queries/find-model.ts';
import { resolveDocument } from '#core/application/queries/resolve-document.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { Model } from '#core/domain/model.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun, toyDocument } from '#test/support/toy-run.ts';

let ports: MemoryPorts;
const find = (reference: string) => findModel(ports, ADMIN, reference);
const promote = (model: Model, alias = 'best') => promoteModel(ports, ADMIN, { model, alias });

beforeEach(async () => {
  ports = memoryPorts();
  for (const seed of [1, 2]) {
    const { id } = await startedRun(ports, { seed });
    leaveCognateResults(ports.store, id);
    await completePhase(ports, ADMIN, { runId: id, phase: 'cognate' });
    ports.advance(25 * 3600 * 1000);
  }
});

test('an alias points where it was promoted to, whatever comes later, and moves as one', async () => {
  await promote(await find('toy-memory@1'));
  expect((await find('toy-memory@best')).version).toBe(1);
  expect((await find('toy-memory@latest')).version).toBe(2);
  const second = await promote(await find('toy-memory@2'));
  expect(await find('toy-memory@best')).toEqual(second);
  expect(second).toMatchObject({
    aliases: ['best'],
    promotions: [{ alias: 'best', from: 1, at: second.updatedAt, by: 'local' }],
  });
  expect(await find('toy-memory@1')).toMatchObject({
    aliases: [],
    promotions: [{ alias: 'best', from: null }],
  });
});

test('a name has several aliases, and another name has its own', async () => {
  await promote(await find('toy-memory@1'), 'production');
  await promote(await find('toy-memory@1'));
  await promote(await find('toy-reasoning@2'));
  expect((await find('toy-memory@1')).aliases).toEqual(['best', 'production']);
  expect((await find('toy-reasoning@best')).version).toBe(2);
  await expect(find('toy-reasoning@production')).rejects.toMatchObject({
    kind: 'not_found',
    hint: expect.stringContaining('forge models promote'),
  });
});

test('to where the alias points already changes nothing', async () => {
  const once = await promote(await find('toy-memory@1'));
  expect(await promote(once)).toEqual(once);
});

test('a run may start from an alias, and keeps the version that it was', async () => {
  await promote(await find('toy-memory@1'));
  const document = toyDocument({ phases: [3], input: { corpus: 'speeches', model: 'toy-memory@best' } });
  const { resolved, models } = await resolveDocument(ports, ADMIN, document);
  const [first] = models;
  expect([first?.name, first?.version]).toEqual(['toy-memory', 1]);
  expect(JSON.stringify(resolved.models)).toContain(first?.id);
});

test.each<[ModelAct, string]>([
  ['archive', 'archived'],
  ['quarantine', 'quarantined'],
])('after %s a model is refused: not_verified, with what to do', async (act, status) => {
  const model = await find('toy-memory@1');
  const changed = await changeModelStatus(ports, ADMIN, { act, model, reason: 'why' });
  await expect(promote(changed)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'not_verified',
    message: expect.stringContaining(status),
    hint: expect.stringContaining('forge models restore toy-memory@1'),
  });
});

test.each<[string, (key: string) => void]>([
  ['missing', (key) => ports.store.blobs.delete(key)],
  ['altered', (key) => ports.store.blobs.set(key, new TextEncoder().encode('other'))],
])(
  'a model with a file that is %s is refused, also where the alias points at it already',
  async (word, harm) => {
    const model = await promote(await find('toy-memory@1'));
    harm(contentKey(ADMIN.tenant, model.files[0]?.sha256 ?? ''));
    for (const alias of ['best', 'production'])
      await expect(promote(model, alias)).rejects.toMatchObject({
        code: 'not_verified',
        message: expect.stringContaining(word),
      });
    expect((await find('toy-memory@1')).aliases).toEqual(['best']);
  },
);

test('a model without files has nothing that verifies', async () => {
  const model = { ...(await find('toy-memory@1')), files: [] };
  await expect(promote(model)).rejects.toMatchObject({ code: 'not_verified' });
});

test('of two versions at once one gets the alias and the other writes nothing', async () => {
  const models = await Promise.all(['toy-memory@1', 'toy-memory@2'].map(find));
  const outcomes = await Promise.allSettled(models.map((model) => promote(model)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const lost = outcomes.findIndex(({ status }) => status === 'rejected');
  expect(outcomes[lost]).toMatchObject({ reason: { kind: 'conflict', code: 'exists' } });
  expect(await find(`toy-memory@${lost + 1}`)).toEqual(models[lost]);
});

test.each(['latest', '3', 'Best', 'a b', '', '-', 'x'.repeat(65)])(
  '"%s" cannot be an alias',
  async (alias) => {
    await expect(promote(await find('toy-memory@1'), alias)).rejects.toMatchObject({ kind: 'validation' });
  },
);
