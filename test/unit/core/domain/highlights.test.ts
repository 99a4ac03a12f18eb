/** Lines that contracts/phases.json asks for: figures by the names of their metrics, and which one is best. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { PHASES, type PhaseDefinition } from '#core/domain/phase.ts';
import { buildReport } from '#core/domain/report.ts';
import { renderReport } from '#core/domain/report-markdown.ts';
import type { Run } from '#core/domain/run.ts';
import { metricOf } from '#test/support/toy-results.ts';

const PLACE = { runId: 'R', phase: 'cognate', stage: 'evaluate', index: null, attempt: 1 } as const;
const run = {
  id: 'R',
  name: 'toy',
  status: 'succeeded',
  executions: [],
  document: {},
  resolved: { phases: ['cognate'], config: {} },
  phases: [{ slug: 'cognate', status: 'succeeded', gates: [] }],
} as unknown as Run;
const cognate = PHASES[0] as PhaseDefinition;

const measured = (values: Readonly<Record<string, number>>, step: number | null = null): MetricRecord[] =>
  Object.entries(values).map(([name, value]) => metricOf(PLACE, [name, value, 'points'], step));

function report(highlights: PhaseDefinition['highlights'], metrics: readonly MetricRecord[]) {
  Object.assign(cognate, { highlights });
  const built = buildReport({ run, models: [], metrics, corpus: null, claims: [] });
  return { rows: built.phases[0]?.highlights ?? [], markdown: renderReport(built) };
}

test('each row shows its metrics with their records, and nothing where nothing was measured', () => {
  const figures = { one: 'a/x', other: 'b/x' };
  const { rows, markdown } = report([{ label: 'x', figures }], measured({ 'a/x': 2 }));
  expect(rows[0]?.figures).toMatchObject({ one: { value: 2, metric: expect.any(String) }, other: null });
  expect(markdown).toContain('- x: one 2, other not measured');
});

test.each([
  ['lower', { 'a/x': 1, 'b/x': 2 }, 'one'],
  ['higher', { 'a/x': 1, 'b/x': 2 }, 'other'],
  ['lower', { 'a/x': 1, 'b/x': 1 }, null],
  ['lower', { 'a/x': 1 }, null],
] as const)('where %s is better, of %j the best is %p', (wanted, values, best) => {
  const figures = { one: 'a/x', other: 'b/x' };
  expect(report([{ label: 'x', figures, wanted }], measured(values)).rows[0]?.best).toBe(best);
});

test('of * every subject is shown under its own name, final figures only', () => {
  const metrics = [...measured({ 'ties/x': 1, 'linear/x': 2 }), ...measured({ 'slerp/x': 0 }, 3)];
  const { rows } = report([{ label: 'by method', figures: { method: '*/x' }, wanted: 'lower' }], metrics);
  expect(Object.keys(rows[0]?.figures ?? {})).toEqual(['ties', 'linear']);
  expect(rows[0]?.best).toBe('ties');
});

test('a figure per step shows the last one', () => {
  const metrics = [...measured({ 'evolution/x': 1 }, 1), ...measured({ 'evolution/x': 4 }, 2)];
  const { rows } = report([{ label: 'x', figures: { x: 'evolution/x' } }], metrics);
  expect(rows[0]?.figures.x?.value).toBe(4);
});
