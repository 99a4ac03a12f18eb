/** What an import says about where a model comes from, over HTTP: no model descends from itself. */
import { f32, safetensors, TOY_TENSORS, toyModelFiles, uploaded } from '#test/support/model-bytes.ts';
import { type Answer, type ApiWorld, apiWorld, type Sent } from './api-world.ts';

let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

async function refused(sent: Sent): Promise<Answer> {
  const before = world.stored();
  const answer = await world.send('POST', '/v1/models', sent);
  expect(world.stored()).toBe(before);
  return answer;
}

const merged = (...models: readonly string[]) =>
  models.map((model) => ({ model, relation: 'merged-from', weight: 1 / models.length }));
const request = (name: string, parents: unknown, files = toyModelFiles()) => ({
  body: { name, files: uploaded(world.ports.store, files), parents },
});
/** `first` is the toy model; `second` and `third` have a tokenizer of their own and descend from it in a row. */
const family = async () => {
  for (const [position, name] of ['first', 'second', 'third'].entries()) {
    const parents = merged(...['first', 'second'].slice(Math.max(0, position - 1), position));
    const tensors = { ...TOY_TENSORS, 'norm.weight': f32([4], [position, 2, 3, 4]) };
    const files = toyModelFiles(position === 0 ? {} : { 'model.safetensors': safetensors(tensors) });
    expect((await world.send('POST', '/v1/models', request(name, parents, files))).status).toBe(201);
  }
};

describe('a model that names as its parent', () => {
  it.each<[string, number, string, string, unknown]>([
    ['itself, before it is there', 409, 'lineage_cycle', 'fresh', merged('fresh')],
    ['itself by its version', 409, 'lineage_cycle', 'fresh', merged('fresh@1')],
    ['itself as its newest version', 409, 'lineage_cycle', 'fresh', merged('fresh@latest')],
    ['itself, which is there', 409, 'lineage_cycle', 'first', merged('first')],
    ['its own child', 409, 'lineage_cycle', 'first', merged('second')],
    ['a later descendant', 409, 'lineage_cycle', 'first', merged('third@1')],
    ['other parents than are recorded', 409, 'parents_differ', 'fourth', merged('third')],
    ['a model twice', 422, 'duplicate', 'fresh', merged('first', 'first@1')],
    ['a model that is not there', 404, 'not_found', 'fresh', merged('nobody')],
    ['an alias that is not there', 404, 'not_found', 'fresh', merged('first@new')],
    ['no version', 422, 'invalid_reference', 'fresh', merged('first@01')],
    ['an unknown relation', 422, 'invalid_value', 'fresh', [{ model: 'first', relation: 'stolen-from' }]],
    ['no relation', 422, 'required', 'fresh', [{ model: 'first' }]],
    ['65 models', 422, 'out_of_range', 'fresh', merged(...Array<string>(65).fill('first'))],
  ])('%s: %i %s', async (_what, status, code, name, parents) => {
    await family();
    await world.send('POST', '/v1/models', request('fourth', merged('second')));
    const answer = await refused(request(name, parents));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it("another tenant's: 404", async () => {
    await family();
    const answer = await refused({ ...request('fresh', merged('first')), as: 'stranger' });
    expect([answer.status, answer.body.kind]).toEqual([404, 'not_found']);
  });
});

describe('a model that names its parents', () => {
  it('is shown with its whole lineage, and importing it again changes nothing', async () => {
    await family();
    const parents = [
      { model: 'third', relation: 'merged-from', weight: 0.25 },
      { model: 'first', relation: 'continued-from' },
    ];
    const made = await world.send('POST', '/v1/models', request('fourth', parents));
    const first = await world.send('GET', '/v1/models/first');
    expect(made.body.parents).toEqual([
      { modelId: expect.any(String), relation: 'merged-from', weight: 0.25 },
      { modelId: first.body.id, relation: 'continued-from', weight: 1 },
    ]);
    for (const again of [parents, parents.toReversed(), []])
      expect((await world.send('POST', '/v1/models', request('fourth', again))).status).toBe(200);
    const { body } = await world.send('GET', '/v1/models/fourth/lineage');
    expect([body.nodes.length, body.edges.length]).toEqual([4, 4]);
  });
});
