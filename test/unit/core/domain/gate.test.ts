import fc from 'fast-check';
import { evaluateGate, type Gate, linkedNumber } from '#core/domain/gate.ts';
import { PHASES } from '#core/domain/phase.ts';
import { buildReport } from '#core/domain/report.ts';
import { formatFigure, renderReport } from '#core/domain/report-markdown.ts';
import type { Run } from '#core/domain/run.ts';
import { metricOf } from '#test/support/toy-results.ts';

const PLACE = {
  runId: '01JZ8F3M7Q2X4V6B8N0C1D2E3F',
  phase: 'cognate',
  stage: 'evaluate',
  index: null,
  attempt: 1,
} as const;
const metric = (name: string, value: number, attempt = 1) =>
  metricOf({ ...PLACE, attempt }, [name, value, 'x']);
const gate = (change: Partial<Gate>): Gate => ({
  metric: 'a/b',
  op: '<',
  bound: 1,
  onFailure: 'report',
  ...change,
});

describe('a gate', () => {
  test.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
  ] as const)('%s passes below, at and above its bound as %j', (op, passes) => {
    const verdicts = [0.5, 1, 1.5].map((value) => evaluateGate(gate({ op }), [metric('a/b', value)]).verdict);
    expect(verdicts).toEqual(passes.map((passed) => (passed ? 'passed' : 'failed')));
  });

  test('compares with another metric times a factor, and shows both with their records', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.double({ min: 0, max: 4, noNaN: true }), (measured, reference, factor) => {
        const metrics = [metric('a/b', measured), metric('c/d', reference)];
        const verdict = evaluateGate(gate({ bound: { metric: 'c/d', factor } }), metrics);
        expect(verdict.verdict).toBe(measured < reference * factor ? 'passed' : 'failed');
        expect(verdict.measured).toEqual({ value: measured, unit: 'x', metric: metrics[0]?.id });
        expect(verdict.bound).toEqual({ value: reference, unit: 'x', metric: metrics[1]?.id });
      }),
      { seed: 16 },
    );
  });

  test('without a factor compares with the metric itself; a factor of nothing is nothing, not one', () => {
    const metrics = [metric('a/b', 1), metric('c/d', 2)];
    expect(evaluateGate(gate({ bound: { metric: 'c/d' } }), metrics).verdict).toBe('passed');
    expect(evaluateGate(gate({ bound: { metric: 'c/d', factor: undefined } }), metrics).verdict).toBe(
      'passed',
    );
    expect(evaluateGate(gate({ bound: { metric: 'c/d', factor: 0 } }), metrics).verdict).toBe('failed');
  });

  test.each([
    ['its metric', gate({}), []],
    ['its bound', gate({ bound: { metric: 'c/d' } }), [metric('a/b', 1)]],
    ['both', gate({ bound: { metric: 'c/d' } }), []],
  ])('is "not measured", never passed or failed, without %s', (_, row, metrics) => {
    expect(evaluateGate(row, metrics).verdict).toBe('not measured');
  });

  test('reads what the last attempt measured', () => {
    const metrics = [metric('a/b', 5, 1), metric('a/b', 0.5, 2)];
    expect(evaluateGate(gate({}), metrics)).toMatchObject({
      verdict: 'passed',
      measured: { metric: expect.stringContaining('/evaluate/job-evaluate/2/a/b') },
    });
    expect(linkedNumber(metrics, 'c/d')).toBeNull();
  });
});

describe('strengths in the report', () => {
  const run = {
    id: 'R',
    name: 'toy',
    status: 'succeeded',
    startedAt: null,
    endedAt: null,
    error: null,
    document: {},
    resolved: { phases: ['cognate'], config: {} },
    phases: [{ slug: 'cognate', status: 'succeeded', gates: [] }],
  } as unknown as Run;
  const NAMES = ['base', 'reasoning', 'memory', 'adaptive'];
  const recall = (values: readonly (number | null)[]) => {
    const metrics = NAMES.flatMap((name, position) => {
      const value = values[position];
      // The rows below are shares right; the report compares answer bits, of which fewer are better.
      return typeof value === 'number' ? [metric(`${name}/recall_answer_bits`, 1 - value)] : [];
    });
    const report = buildReport({
      run,
      models: [],
      metrics: [metric('x/y', 1), ...metrics],
      corpus: null,
      claims: [],
    });
    return { strength: report.phases[0]?.strengths[1], markdown: renderReport(report) };
  };

  test.each([
    ['clearly best', [0.1, 0.2, 0.9, 0.3], 'ahead', 'memory'],
    ['beaten', [0.1, 0.9, 0.2, 0.3], 'not ahead', 'reasoning'],
    ['equal to another', [0.1, 0.9, 0.9, 0.3], 'not ahead', null],
    ['as bad as everyone', [0, 0, 0, 0], 'not ahead', null],
    ['not measured itself', [0.1, 0.2, null, 0.3], 'not measured', 'adaptive'],
    ['measured alone', [null, null, 0.9, null], 'not measured', 'memory'],
    ['not measured at all', [null, null, null, null], 'not measured', null],
  ] as const)('a model that is %s: %j is "%s"', (_, values, verdict, best) => {
    expect(recall(values).strength).toMatchObject({ model: 'memory', verdict, best });
  });

  test('a tie is called no lead in words', () => {
    expect(recall([0, 0, 0, 0]).markdown).toContain('not ahead; no one is ahead');
  });

  test('a figure that a retried attempt measured again replaces the first, and steps never show', () => {
    const metrics = [metric('a/b', 1, 1), metric('a/b', 2, 2), metricOf(PLACE, ['a/b', 3, 'x'], 10)];
    const report = buildReport({ run, models: [], metrics, corpus: null, claims: [] });
    expect(report.phases[0]?.figures.a?.b).toEqual({ value: 2, unit: 'x', metric: metrics[1]?.id });
  });
});

describe('the gates of the catalogue', () => {
  test('compare each of four models with each of three baselines, and say what of', () => {
    const gates = PHASES[0]?.gates.slice(0, -1) ?? [];
    const pairs = gates.map(({ metric: name, bound }) => [name, bound]);
    const expected = ['byte_bigram', 'token_unigram', 'token_bigram'].flatMap((baseline) =>
      ['base', 'reasoning', 'memory', 'adaptive'].map((model) => [
        `${model}/bits_per_byte`,
        { metric: `${baseline}/bits_per_byte` },
      ]),
    );
    expect(pairs).toEqual(expected);
  });

  test('are written for one subject each when they are read', () => {
    for (const { gates } of PHASES) {
      for (const each of gates)
        expect(Object.keys(each).sort()).toEqual(['bound', 'metric', 'onFailure', 'op']);
      expect(gates.filter(({ metric: name }) => name.includes('*'))).toEqual([]);
    }
  });
});

describe('a figure in words', () => {
  test.each([
    [1234567, '1,234,567'],
    [2.123456, '2.123'],
    [0.000012345, '0.00001234'],
    [-0.5, '-0.5'],
  ])('%d is %s', (value, text) => {
    expect(formatFigure({ value, unit: 'x', metric: 'm' })).toBe(text);
  });

  test('nothing is "not measured"', () => {
    expect(formatFigure(null)).toBe('not measured');
  });
});
