import fc from 'fast-check';
import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import { checkRules, contractError, type KnownProperties } from '#core/domain/contract.ts';
import { checkHandOver, handOverName, handOverRules } from '#core/domain/hand-over.ts';
import { PHASES, phaseDefinition } from '#core/domain/phase.ts';
import { hashOf, toyProperties } from '#test/support/toy-models.ts';

type Models = readonly ModelProperties[];

const HAND_OVERS = PHASE_SLUGS.slice(1).map((to, position): [string, PhaseSlug, PhaseSlug] => {
  const from = PHASE_SLUGS[position] as PhaseSlug;
  return [handOverName(from, to), from, to];
});

/** What a good producer delivers, beside what every model has. */
const DELIVERED: Readonly<Record<string, Partial<ModelProperties>>> = {
  cognate: {},
  evomerge: { parents: 3 },
  'quiet-star': { thoughtTokens: 2 },
  bitnet: { thoughtTokens: 2, ternary: 'masters' },
  training: { thoughtTokens: 2, ternary: 'masters' },
  baking: { thoughtTokens: 2, ternary: 'masters', toolLayers: 1, toolTypes: ['calculator', 'lookup'] },
  deployment: { thoughtTokens: 2, ternary: 'masters', toolLayers: 1, toolTypes: ['calculator', 'lookup'] },
};

const hash = fc.integer().map((number) => hashOf(String(number)));

/** Models of any size that satisfy the hand-over out of `from`. */
function delivery(from: PhaseSlug): fc.Arbitrary<Models> {
  const sizes = fc.record({
    architectureHash: hash,
    tokenizerHash: hash,
    baseHash: hash,
    parameters: fc.integer({ min: 1, max: 1e9 }),
    tensors: fc.integer({ min: 1, max: 1000 }),
    layers: fc.integer({ min: 1, max: 48 }),
    hiddenSize: fc.integer({ min: 1, max: 64 }).map((units) => units * 32),
    vocabRows: fc.integer({ min: 5, max: 1000 }).map((units) => units * 64),
    reservedRows: fc.integer({ min: 16, max: 64 }),
    tied: fc.boolean(),
  });
  const own = fc.record({
    weightsHash: hash,
    relativeTaskVector: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  const count = from === 'cognate' ? { minLength: 3, maxLength: 6 } : { minLength: 1, maxLength: 1 };
  return fc
    .tuple(sizes, fc.array(own, count))
    .map(([shared, each]) =>
      each.map((model) =>
        toyProperties({ ...shared, tokenizerSize: shared.vocabRows, ...DELIVERED[from], ...model }),
      ),
    );
}

const each =
  (change: (model: ModelProperties) => Partial<ModelProperties>) =>
  (models: Models): Models =>
    models.map((model) => ({ ...model, ...change(model) }));
const last =
  (change: Partial<ModelProperties>) =>
  (models: Models): Models =>
    models.map((model, position) => (position === models.length - 1 ? { ...model, ...change } : model));
const onlyTwo = (models: Models): Models => models.slice(0, 2);
const twice = (models: Models): Models => [...models, ...models];

/** One way to break each rule, by its name; everything else stays as it was. */
const BREAK: Readonly<Record<string, (models: Models) => Models>> = {
  'three-variants': onlyTwo,
  'parent-count': onlyTwo,
  'one-architecture': last({ architectureHash: hashOf('another') }),
  'same-architecture': last({ architectureHash: hashOf('another') }),
  'one-tokenizer': last({ tokenizerHash: hashOf('another') }),
  'same-tokenizer': last({ tokenizerHash: hashOf('another') }),
  'one-base': last({ baseHash: hashOf('another') }),
  'same-base': last({ baseHash: hashOf('another') }),
  'common-base': each(() => ({ baseHash: null })),
  'has-base': each(() => ({ baseHash: null })),
  'close-to-base': last({ relativeTaskVector: 1 }),
  'task-vector-below-base': last({ relativeTaskVector: null }),
  'tokenizer-fits': each(({ vocabRows }) => ({ tokenizerSize: vocabRows - 1 })),
  'finite-weights': last({ finite: false }),
  'no-zero-matrix': last({ zeroMatrices: ['blocks.0.attention.q.weight'] }),
  'reserved-rows': last({ reservedRows: 15 }),
  'rows-to-spare': last({ reservedRows: 1 }),
  'rows-for-tools': last({ reservedRows: 3 }),
  'full-precision-parents': last({ ternary: 'masters' }),
  'one-merged-model': twice,
  'one-thinking-model': twice,
  'one-ternary-model': twice,
  'one-trained-model': twice,
  'one-baked-model': twice,
  'one-deployed-model': twice,
  'one-model': twice,
  'has-parents': last({ parents: 1 }),
  'not-thinking-yet': last({ thoughtTokens: 2 }),
  'trainable-masters': last({ ternary: 'packed' }),
  'thought-tokens': last({ thoughtTokens: 1 }),
  'not-ternary-yet': last({ ternary: 'masters' }),
  'ternary-masters': last({ ternary: 'none' }),
  'tool-types-named': each(({ toolTypes }) => ({ toolLayers: toolTypes.length + 1 })),
};

const CASES = HAND_OVERS.flatMap(([name, from, to]) =>
  handOverRules(from, to).map((rule): [string, string, PhaseSlug, PhaseSlug] => [name, rule.name, from, to]),
);

describe('the seven hand-overs', () => {
  test.each(HAND_OVERS)('%s accepts what a good producer delivers, of any size', (_, from, to) => {
    fc.assert(
      fc.property(delivery(from), (models) => {
        expect(checkHandOver(from, to, models)).toEqual({ violations: [], deferred: [] });
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test.each(CASES)('%s refuses by name what breaks %s', (name, rule, from, to) => {
    const broken = BREAK[rule];
    if (!broken) throw new Error(`no mutation breaks the rule ${rule}: add one to the table`);
    fc.assert(
      fc.property(delivery(from), (models) => {
        const { violations } = checkHandOver(from, to, broken(models));
        expect(violations.map((violation) => violation.rule)).toContain(`${name}.${rule}`);
        expect(contractError(violations).message).toContain(`${name}.${rule}`);
      }),
      { seed: 8, numRuns: 20 },
    );
  });

  test.each(HAND_OVERS)(
    '%s waits for every property that is not known, and refuses none',
    (name, from, to) => {
      fc.assert(
        fc.property(delivery(from), (models) => {
          const unknown = models.map((): KnownProperties => ({}));
          const { violations, deferred } = checkHandOver(from, to, unknown);
          expect(violations).toEqual([]);
          const counted = handOverRules(from, to).filter((rule) => rule.property !== 'count');
          expect([...deferred].sort()).toEqual(counted.map((rule) => `${name}.${rule.name}`).sort());
        }),
        { seed: 9, numRuns: 5 },
      );
    },
  );

  test.each(HAND_OVERS)('%s: a rule that stands on both sides is the same on both', (_, from, to) => {
    const promised = new Map(phaseDefinition(from).produces.map((rule) => [rule.name, rule]));
    for (const needed of phaseDefinition(to).accepts) {
      const promise = promised.get(needed.name);
      if (promise) expect(promise).toEqual(needed);
    }
  });

  test('no model at all is refused by every phase that takes one', () => {
    for (const [name, from, to] of HAND_OVERS) {
      const rules = checkHandOver(from, to, []).violations.map((violation) => violation.rule);
      expect(rules.every((rule) => rule.startsWith(`${name}.`))).toBe(true);
      expect(rules.length).toBeGreaterThan(0);
    }
  });

  test('every rule says why, and its name is unique on its side', () => {
    for (const { accepts, produces } of PHASES) {
      for (const rules of [accepts, produces]) {
        expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
        for (const rule of rules) expect(rule.why).toMatch(/\.$/);
      }
    }
  });
});

describe('the words of a refusal', () => {
  const rule = {
    name: 'small',
    subject: 'each',
    property: 'layers',
    op: '<',
    value: 2,
    why: 'It must fit.',
  } as const;

  test('name the model, what was measured, what was expected and why', () => {
    const { violations } = checkRules('a→b', [rule], [{ name: 'toy', layers: 3 }]);
    expect(violations).toEqual([
      { rule: 'a→b.small', message: 'layers of toy is 3, expected below 2. It must fit.' },
    ]);
  });

  test('name the models that differ from the first', () => {
    const same = {
      ...rule,
      name: 'alike',
      subject: 'models',
      property: 'tokenizerHash',
      op: 'same',
    } as const;
    const models = [
      { name: 'one', tokenizerHash: 'a' },
      { name: 'two', tokenizerHash: 'a' },
      { name: 'three', tokenizerHash: 'b' },
    ];
    expect(checkRules('a→b', [same], models).violations[0]?.message).toBe(
      'tokenizerHash differs: three against one. It must fit.',
    );
  });

  test('report every violation at once, each as a problem, with the command that explains the phase', () => {
    const broken = toyProperties({ finite: false, reservedRows: 0, thoughtTokens: 2 });
    const { violations } = checkHandOver(null, 'quiet-star', [broken]);
    const error = contractError(violations);

    expect(error.problems.map((problem) => problem.code)).toEqual([
      'input→quiet-star.rows-to-spare',
      'input→quiet-star.not-thinking-yet',
      'input→quiet-star.finite-weights',
    ]);
    expect(error).toMatchObject({ kind: 'contract', code: 'contract_unsatisfied' });
    expect(error.hint).toContain('forge phases describe quiet-star');
  });
});
