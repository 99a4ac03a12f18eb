import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { KnownProperties } from '#core/domain/contract.ts';
import { checkInterval } from '#core/domain/hand-over.ts';
import { resolvePhases } from '#core/domain/phase.ts';
import { toyProperties } from '#test/support/toy-models.ts';

/** An interval of phase numbers, both ends included, with the rules that refuse it; none: it is legal. */
type Row = readonly [start: number, end: number, refusedBy: readonly string[]];

const ALONE: readonly string[] = [];
const EVERY_END = [1, 2, 3, 4, 5, 6, 7, 8];

/** The same answer for every end of an interval that begins at `start`. */
const fromStart = (start: number, refusedBy: readonly string[]): readonly Row[] =>
  EVERY_END.filter((end) => end >= start).map((end): Row => [start, end, refusedBy]);

/** Nothing goes in: only Cognate makes models out of a corpus alone. */
const WITHOUT_MODEL: readonly Row[] = [
  ...fromStart(1, ALONE),
  ...fromStart(2, ['input→evomerge.parent-count']),
  ...fromStart(3, ['input→quiet-star.one-model']),
  ...fromStart(4, ['input→bitnet.one-model']),
  ...fromStart(5, ['input→training.one-model']),
  ...fromStart(6, ['input→baking.one-model']),
  ...fromStart(7, ['input→deployment.one-model']),
  ...fromStart(8, ['input→compression.one-model']),
];

/** One full-precision model that neither thinks nor uses tools: Cognate takes none, a merge takes three. */
const WITH_PLAIN_MODEL: readonly Row[] = [
  ...fromStart(1, ['input→cognate.no-input-model']),
  ...fromStart(2, ['input→evomerge.parent-count']),
  ...[3, 4, 5, 6, 7, 8].flatMap((start) => fromStart(start, ALONE)),
];

/** A model with ternary masters: a merge of masters under quantisation and a second BitNet are refused. */
const WITH_TERNARY_MASTERS: readonly Row[] = [
  ...fromStart(1, ['input→cognate.no-input-model']),
  ...fromStart(2, ['input→evomerge.parent-count', 'input→evomerge.full-precision-parents']),
  [3, 3, ALONE],
  ...[4, 5, 6, 7, 8].map((end): Row => [3, end, ['quiet-star→bitnet.not-ternary-yet']]),
  ...fromStart(4, ['input→bitnet.not-ternary-yet']),
  ...[5, 6, 7, 8].flatMap((start) => fromStart(start, ALONE)),
];

/** Packed weights: nothing trains, exports or encodes them again. What BitNet would make of them is moot. */
const WITH_PACKED_MODEL: readonly Row[] = [
  ...fromStart(1, ['input→cognate.no-input-model']),
  ...fromStart(2, ['input→evomerge.parent-count', 'input→evomerge.full-precision-parents']),
  [3, 3, ['input→quiet-star.trainable-masters']],
  ...[4, 5, 6, 7, 8].map(
    (end): Row => [3, end, ['input→quiet-star.trainable-masters', 'quiet-star→bitnet.not-ternary-yet']],
  ),
  ...fromStart(4, ['input→bitnet.not-ternary-yet']),
  [5, 5, ['input→training.trainable-masters']],
  ...[6, 7, 8].map(
    (end): Row => [
      5,
      end,
      ['training', ...PHASE_SLUGS.slice(5, end)].map((slug, position, all) =>
        position === 0 ? `input→${slug}.trainable-masters` : `${all[position - 1]}→${slug}.trainable-masters`,
      ),
    ],
  ),
  [6, 6, ['input→baking.trainable-masters']],
  [6, 7, ['input→baking.trainable-masters', 'baking→deployment.trainable-masters']],
  [
    6,
    8,
    [
      'input→baking.trainable-masters',
      'baking→deployment.trainable-masters',
      'deployment→compression.trainable-masters',
    ],
  ],
  [7, 7, ['input→deployment.trainable-masters']],
  [7, 8, ['input→deployment.trainable-masters', 'deployment→compression.trainable-masters']],
  [8, 8, ['input→compression.trainable-masters']],
];

const interval = (start: number, end: number): readonly PhaseSlug[] =>
  resolvePhases(Array.from({ length: end - start + 1 }, (_, offset) => start + offset));

const known = (change: Partial<ModelProperties> = {}): readonly KnownProperties[] => [
  { ...toyProperties(change), name: 'given' },
];

const rulesOf = (start: number, end: number, models: readonly KnownProperties[]) =>
  checkInterval(interval(start, end), models).violations.map((violation) => violation.rule);

describe('all intervals of phases', () => {
  test.each([
    ['without a model', WITHOUT_MODEL],
    ['with a plain model', WITH_PLAIN_MODEL],
    ['with ternary masters', WITH_TERNARY_MASTERS],
    ['with a packed model', WITH_PACKED_MODEL],
  ])('%s: each of the 36 stands in the table once', (_, rows) => {
    const pairs = EVERY_END.flatMap((start) =>
      EVERY_END.filter((end) => end >= start).map((end) => `${start}-${end}`),
    );
    expect(rows.map(([start, end]) => `${start}-${end}`).sort()).toEqual(pairs.sort());
  });

  test.each(WITHOUT_MODEL)('without a model, %i to %i: refused by %j', (start, end, refusedBy) => {
    expect(rulesOf(start, end, [])).toEqual(refusedBy);
  });

  test.each(WITH_PLAIN_MODEL)('with a plain model, %i to %i: refused by %j', (start, end, refusedBy) => {
    expect(rulesOf(start, end, known())).toEqual(refusedBy);
  });

  test.each(WITH_TERNARY_MASTERS)(
    'with ternary masters, %i to %i: refused by %j',
    (start, end, refusedBy) => {
      expect(rulesOf(start, end, known({ ternary: 'masters' }))).toEqual(refusedBy);
    },
  );

  test.each(WITH_PACKED_MODEL)('with a packed model, %i to %i: refused by %j', (start, end, refusedBy) => {
    expect(rulesOf(start, end, known({ ternary: 'packed' }))).toEqual(refusedBy);
  });

  test('every rule of the first hand-over is decided at once where the model is there', () => {
    for (const start of EVERY_END) {
      const { deferred } = checkInterval(interval(start, start), known());
      expect(deferred).toEqual([]);
    }
  });

  test('what only a measured model can answer waits, hand-over by hand-over', () => {
    const { deferred } = checkInterval(interval(1, 3), []);
    expect(deferred).toContain('cognate→evomerge.one-architecture');
    expect(deferred).toContain('evomerge→quiet-star.rows-to-spare');
    expect(deferred).not.toContain('cognate→evomerge.parent-count');
    expect(deferred).not.toContain('cognate→evomerge.full-precision-parents');
  });
});

describe('a list of phases', () => {
  test.each([
    [[1, 'cognate'], 'duplicate', '/phases/1'],
    [[3, 1], 'contract_unsatisfied', '/phases/1'],
    [[1, 3], 'contract_unsatisfied', '/phases/1'],
    [['cognate', 'evomerge', 'compression'], 'contract_unsatisfied', '/phases/2'],
    [[8, 9], 'out_of_range', '/phases/1'],
    [[0], 'out_of_range', '/phases/0'],
  ] as [(number | PhaseSlug)[], string, string][])('%j is refused as %s at %s', (phases, code, pointer) => {
    expect(() => resolvePhases(phases)).toThrow(
      expect.objectContaining({ kind: 'validation', code, problems: [expect.objectContaining({ pointer })] }),
    );
  });

  test('a gap names the phase whose output is missing', () => {
    expect(() => resolvePhases([1, 3])).toThrow('the output of evomerge is missing');
  });
});
