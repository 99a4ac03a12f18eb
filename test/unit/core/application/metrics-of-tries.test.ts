/** Metric records of a phase that was tried again inside one execution. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { listMetrics } from '#core/application/queries/list-metrics.ts';
import { shownMetrics } from '#core/domain/shown-metrics.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { COGNATE_FIGURES, leaveCognateResults, metricOf } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

const PLACE = { runId: '01JZ8F3M7Q2X4V6B8N0C1D2E3F', phase: 'cognate', stage: 'base', index: null } as const;
const NAME = 'base/bits_per_byte';

/** What one job of the stage measured; every job begins to count its attempts at one. */
const measured = (jobId: string, value: number, step: number | null = null): MetricRecord => {
  const record = metricOf({ ...PLACE, attempt: 1 }, [NAME, value, 'bits/byte'], step);
  return { ...record, jobId, id: record.id.replace('job-base', jobId) };
};

test.each<[string, readonly MetricRecord[], readonly number[]]>([
  ['of one try all are shown', [measured('a', 1, 10), measured('a', 2, 20)], [1, 2]],
  ['the last try of a place is shown', [measured('a', 1), measured('b', 2)], [2]],
  [
    'what only an earlier try measured stays',
    [measured('a', 1, 10), measured('a', 2), measured('b', 3)],
    [1, 3],
  ],
])('%s', (_, records, values) => {
  expect(shownMetrics(records).map(({ value }) => value)).toEqual(values);
});

test('a phase that was given up after it had measured shows what the next try measured, once, whatever is said twice', async () => {
  const ports = memoryPorts();
  const { id: runId } = await startedRun(ports, {
    gates: [{ phase: 'cognate', metric: 'memory/bits_per_byte', op: '<', bound: 2, onFailure: 'fail' }],
  });
  leaveCognateResults(ports.store, runId);
  await expect(completePhase(ports, ADMIN, { runId, phase: 'cognate' })).rejects.toMatchObject({
    code: 'gate_failed',
  });
  // The same stages again, by jobs of their own.
  const better = COGNATE_FIGURES.map(
    ([name, value, unit]) => [name, name === 'memory/bits_per_byte' ? 1.9 : value, unit] as const,
  );
  leaveCognateResults(ports.store, runId, { figures: better, job: 'again' });
  await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
  await completePhase(ports, ADMIN, { runId, phase: 'cognate' });

  const shown = await listMetrics(ports, ADMIN, runId, 'cognate');
  const values = shown.filter(({ name }) => name === 'memory/bits_per_byte').map(({ value }) => value);
  expect(values).toEqual([1.9]);
  expect(new Set(shown.map(({ jobId }) => jobId.slice(0, 5)))).toEqual(new Set(['again']));
  const all = await ports.metrics.list(ADMIN.tenant, runId, {});
  expect(all).toHaveLength(2 * shown.length);
  await finishRun(ports, ADMIN, { runId, outcome: 'SUCCEEDED' });
  const report = JSON.parse(new TextDecoder().decode(ports.store.blobs.get(`runs/${runId}/report.json`)));
  const { figures } = report.phases[0];
  expect(figures.memory.bits_per_byte).toMatchObject({
    value: 1.9,
    metric: expect.stringContaining('/again-'),
  });
});
