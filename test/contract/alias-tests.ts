/** What every registry promises of aliases: one record each, moved under its version, of one tenant and one name. */
import type { Change } from '#core/ports/registry-writer.ts';
import { aliasOf, idOf, modelOf, OTHER, refusal, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

const move = (model: number, recordVersion: number): Change => ({
  kind: 'alias',
  alias: aliasOf(idOf(model), { recordVersion }),
  expected: recordVersion === 1 ? null : recordVersion - 1,
});

export function aliasTests(ports: () => RegistryPorts, commit: Commit): void {
  const target = async (tenant = TENANT, name = 'toy-reasoning', alias = 'best') =>
    (await ports().models.alias(tenant, name, alias))?.modelId ?? null;

  it('answers where an alias points, for its own tenant, name and alias only', async () => {
    expect(await target()).toBeNull();
    await commit([move(1, 1)]);
    expect(await ports().models.alias(TENANT, 'toy-reasoning', 'best')).toEqual(aliasOf(idOf(1)));
    await commit([move(2, 2)]);
    expect(await target()).toBe(idOf(2));
    expect(await target(OTHER)).toBeNull();
    expect(await target(TENANT, 'toy')).toBeNull();
    expect(await target(TENANT, 'toy-reasoning', 'production')).toBeNull();
  });

  it('makes an alias once and moves it only from where the mover saw it', async () => {
    await commit([move(1, 1)]);
    expect(await refusal(commit([move(2, 1)]))).toEqual({ kind: 'conflict', code: 'exists' });
    await commit([move(2, 2)]);
    expect(await refusal(commit([move(3, 2)]))).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await target()).toBe(idOf(2));
  });

  it('lets one of twenty movers win, with its model, and none of the others write anything', async () => {
    const models = Array.from({ length: 20 }, (_, at) => modelOf(at, { version: at + 1 }));
    for (const model of models) await commit([{ kind: 'model', model, expected: null }]);
    const racers = models.map((model, at) =>
      commit([
        move(at, 1),
        { kind: 'model', model: { ...model, aliases: ['best'], recordVersion: 2 }, expected: 1 },
      ]),
    );
    const outcomes = await Promise.allSettled(racers);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await target()).toBe(idOf(winner));
    const { items } = await ports().models.list(TENANT, {}, { limit: 50, after: null });
    expect(items.filter(({ aliases }) => aliases?.includes('best')).map(({ id }) => id)).toEqual([
      idOf(winner),
    ]);
  });
}
