/** Runs that start from several models, over HTTP: what is accepted, what is refused, and what is said about it. */
import { counting } from '#test/support/model-bytes.ts';
import { type Member, OTHER, registerFamily } from '#test/support/toy-family.ts';
import { toyCorpus } from '#test/support/toy-run.ts';
import { type Answer, type ApiWorld, apiWorld, DOCUMENT } from './api-world.ts';

const THREE = ['one', 'two', 'three'];

let world: ApiWorld;
beforeEach(async () => {
  world = apiWorld();
  await toyCorpus(world.ports);
});

/** Neither a plan nor a refusal writes anything. */
async function plan(input: Record<string, unknown>): Promise<Answer> {
  const before = world.stored();
  const { preset: _preset, ...document } = DOCUMENT;
  const body = { ...document, phases: ['evomerge'], input: { corpus: 'speeches', ...input } };
  const answer = await world.send('POST', '/v1/plan', { body });
  expect(world.stored()).toBe(before);
  return answer;
}

describe('a merge of registered models', () => {
  it('is planned when they share a base that the registry has', async () => {
    await registerFamily(world.ports);
    expect((await plan({ models: THREE })).status).toBe(200);
  });

  it('needs the base itself', async () => {
    const [base] = await registerFamily(world.ports);
    const hash = base?.properties.weightsHash ?? '';
    const tables = world.ports.store.tables;
    const left = new Map([...tables.models].filter(([key]) => !key.endsWith(base?.id ?? '')));
    Object.assign(world.ports.store, { tables: { ...tables, models: left } });
    const { status, body } = await plan({ models: THREE });
    expect([status, body.code]).toEqual([422, 'contract_unsatisfied']);
    expect(body.errors).toEqual([
      {
        pointer: '/input/models',
        code: 'input→evomerge.base-registered',
        message: expect.stringMatching(new RegExp(`${hash.slice(0, 12)}.*forge models import`)),
      },
    ]);
  });
});

describe('a merge of models that do not fit', () => {
  const more = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`layer.${index}.weight`, counting([2])]));

  it.each<[string, Partial<Member>, string, RegExp]>([
    [
      'whose shapes differ',
      {
        properties: { architectureHash: OTHER },
        tensors: { 'embed.weight': counting([6, 2]), 'norm.weight': counting([2]) },
      },
      'incompatible_models',
      /embed\.weight: one@1 has F32 \[4, 2\], three@1 has F32 \[6, 2\]/,
    ],
    [
      'of which one lacks a tensor',
      { properties: { architectureHash: OTHER }, tensors: { 'embed.weight': counting([4, 2]) } },
      'incompatible_models',
      /norm\.weight: one@1 has F32 \[2\], three@1 has none/,
    ],
    [
      'whose tokenizers differ',
      { properties: { tokenizerHash: OTHER } },
      'vocab_mismatch',
      /tokenizerHash differs: three against one/,
    ],
    ['of another base', { properties: { baseHash: OTHER } }, 'contract_unsatisfied', /baseHash differs/],
  ])('%s is refused', async (_, change, code, message) => {
    await registerFamily(world.ports, change);
    const { status, body } = await plan({ models: THREE });
    expect([status, body.code]).toEqual([422, code]);
    expect(body.errors.map((each: { message: string }) => each.message).join('\n')).toMatch(message);
  });

  it('names the first 20 tensors and says how many there are', async () => {
    await registerFamily(world.ports, { properties: { architectureHash: OTHER }, tensors: more(30) });
    const { body } = await plan({ models: THREE });
    const tensors = body.errors.filter(({ code }: { code: string }) => code === 'incompatible_models');
    expect(tensors).toHaveLength(20);
    expect(body.detail).toContain('32 tensors differ');
  });

  it('says so too when the weights cannot be read any more', async () => {
    const members = await registerFamily(world.ports, { properties: { architectureHash: OTHER } });
    for (const { files } of members) {
      for (const { uri } of files) world.ports.store.blobs.delete(world.ports.blobs.keyOf(uri) ?? '');
    }
    const { status, body } = await plan({ models: THREE });
    expect([status, body.code]).toEqual([422, 'incompatible_models']);
  });

  it('offers the option for vocabularies that differ', async () => {
    await registerFamily(world.ports, { properties: { tokenizerHash: OTHER } });
    expect((await plan({ models: THREE })).body.hint).toMatch(/forge\.vocabulary: by_position/);
  });
});

describe('a list of models', () => {
  it.each<[string, Record<string, unknown>, number, string]>([
    ['of two', { models: ['one', 'two'] }, 422, 'contract_unsatisfied'],
    ['that names one twice', { models: ['one', 'two', 'three', 'one@1'] }, 422, 'duplicate'],
    ['beside a model', { model: 'one', models: ['one', 'two', 'three'] }, 422, 'conflicting_fields'],
    ['with an unknown one', { models: ['one', 'two', 'four'] }, 404, 'not_found'],
  ])('%s is refused', async (_, input, status, code) => {
    await registerFamily(world.ports);
    const answer = await plan(input);
    expect([answer.status, answer.body.code ?? answer.body.kind]).toEqual([status, code]);
  });
});
