import { metricRecord } from '#contracts/source/metric-record.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type RunReport, runReport } from '#contracts/source/report.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { getReport } from '#core/application/queries/get-report.ts';
import { listMetrics } from '#core/application/queries/list-metrics.ts';
import { moveRun } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { walkReport } from '#test/support/report-walk.ts';
import { COGNATE_FIGURES, leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun, submittedRun } from '#test/support/toy-run.ts';

const text = (ports: MemoryPorts, key: string) => new TextDecoder().decode(ports.store.blobs.get(key));
const reportOf = (ports: MemoryPorts, id: string) =>
  JSON.parse(text(ports, `runs/${id}/report.json`)) as RunReport;
const lastEvents = async (ports: MemoryPorts, id: string) =>
  (await ports.events.read(ADMIN.tenant, id, 0, 1000)).map((event) => event.type);

async function completedRun(change: Parameters<typeof startedRun>[1] = {}) {
  const ports = memoryPorts();
  const { id } = await startedRun(ports, change);
  leaveCognateResults(ports.store, id);
  await completePhase(ports, ADMIN, { runId: id, phase: 'cognate' });
  return { ports, id };
}

describe('finishing a run that did its phases', () => {
  test('makes it succeeded, writes the report and says so once', async () => {
    const { ports, id } = await completedRun();
    const run = await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });

    expect(run).toMatchObject({ status: 'succeeded', report: `runs/${id}/report.json`, error: null });
    expect(run.endedAt).toEqual(expect.any(String));
    expect(reportOf(ports, id).run).toMatchObject({ status: 'succeeded', endedAt: run.endedAt });
    expect((await lastEvents(ports, id)).at(-1)).toBe('RunCompleted');
  });

  test('again, with whatever outcome, changes nothing', async () => {
    const { ports, id } = await completedRun();
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const tables = structuredClone(ports.store.tables);
    const report = text(ports, `runs/${id}/report.json`);

    for (const outcome of ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)
      expect(await finishRun(ports, ADMIN, { runId: id, outcome })).toMatchObject({ status: 'succeeded' });
    expect(ports.store.tables).toEqual(tables);
    expect(text(ports, `runs/${id}/report.json`)).toBe(report);
  });

  test('the report is what the contract says, with nothing more in it', async () => {
    const { ports, id } = await completedRun();
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const report = reportOf(ports, id);
    expect(runReport.parse(report)).toEqual(report);
  });

  test('every number in report.json is found in the metric store with the same value', async () => {
    const { ports, id } = await completedRun({
      gates: [{ phase: 'cognate', metric: 'memory/bits_per_byte', op: '<', bound: 2.125 }],
    });
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const lookup = (metric: string) => ports.metrics.get(ADMIN.tenant, metric);
    const walked = await walkReport(reportOf(ports, id), lookup);

    expect(walked.faults).toEqual([]);
    expect(walked.numbers).toBeGreaterThan(COGNATE_FIGURES.length);
  });

  test('the walk finds a number that was invented, altered or linked to nothing', async () => {
    const { ports, id } = await completedRun();
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const lookup = (metric: string) => ports.metrics.get(ADMIN.tenant, metric);
    const report = reportOf(ports, id);
    const phase = report.phases[0];
    const figure = phase?.figures.base?.bits_per_byte;
    const spoilt = {
      ...report,
      speedup: 8.2,
      altered: { ...figure, value: 1 },
      otherUnit: { ...figure, unit: 'nats' },
      nowhere: { ...figure, metric: 'nothing' },
      unnamed: { ...figure, metric: null },
    };

    const { faults } = await walkReport(spoilt, lookup);
    expect(faults.map((fault) => fault.pointer)).toEqual([
      '/speedup',
      '/altered',
      '/otherUnit',
      '/nowhere',
      '/unnamed',
    ]);
  });

  test('the report shows jobs, gates, strengths and models, and leaves steps to the charts', async () => {
    const { ports, id } = await completedRun();
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const { phases, models, corpus, reproduce } = reportOf(ports, id);
    const [phase] = phases;

    expect(Object.keys(phase?.jobs ?? {})).toEqual([
      'base',
      'variants-0',
      'variants-1',
      'variants-2',
      'evaluate',
    ]);
    expect(phase?.figures).not.toHaveProperty('training');
    expect(phase?.figures.memory).toHaveProperty('parameters');
    expect(phase?.gates.filter((gate) => gate.verdict === 'failed').map((gate) => gate.rule)).toEqual([
      'base/bits_per_byte < token_bigram/bits_per_byte',
    ]);
    expect(phase?.strengths.map(({ model, verdict, best }) => [model, verdict, best])).toEqual([
      ['reasoning', 'ahead', 'reasoning'],
      ['memory', 'not ahead', 'reasoning'],
      ['adaptive', 'not measured', null],
    ]);
    expect(models.map((model) => model.reference).sort()).toEqual([
      'toy-adaptive@1',
      'toy-base@1',
      'toy-memory@1',
      'toy-reasoning@1',
    ]);
    expect(corpus).toMatchObject({ name: 'speeches', licence: 'public domain' });
    expect(JSON.parse(reproduce.document)).toMatchObject({ name: 'toy', phases: ['cognate'] });
  });

  test('the Markdown shows the same figures and says what was not measured', async () => {
    const { ports, id } = await completedRun({
      gates: [
        { phase: 'cognate', metric: 'memory/bits_per_byte', op: '<', bound: 2.125 },
        {
          phase: 'cognate',
          metric: 'nothing/at_all',
          op: '>',
          bound: { metric: 'base/bits_per_byte', factor: 0 },
        },
      ],
    });
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const markdown = text(ports, `runs/${id}/report.md`);

    expect(markdown).toContain('# toy: succeeded');
    expect(markdown).toContain('| memory/bits_per_byte < 2.125 | 2.2 | fixed | failed |');
    expect(markdown).toContain(
      '| nothing/at_all > 0 × base/bits_per_byte | not measured | 2.4 | not measured |',
    );
    expect(markdown).toContain('; reasoning is ahead');
    expect(markdown).toContain('| toy-memory@1 | variant |');
  });
});

describe('reading what a run measured', () => {
  test('its report can be fetched once it has ended, and not before', async () => {
    const { ports, id } = await completedRun();
    await expect(getReport(ports, ADMIN, id, 'json')).rejects.toMatchObject({ kind: 'not_found' });
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });

    expect(JSON.parse(await getReport(ports, ADMIN, id, 'json'))).toEqual(reportOf(ports, id));
    expect(await getReport(ports, ADMIN, id, 'md')).toContain('# toy: succeeded');
    await expect(getReport(ports, STRANGER, id, 'md')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('its metric records are listed, per phase where one is named', async () => {
    const { ports, id } = await completedRun();
    const all = await listMetrics(ports, ADMIN, id, undefined);

    expect(all.length).toBeGreaterThan(COGNATE_FIGURES.length);
    expect(await listMetrics(ports, ADMIN, id, 'cognate')).toEqual(all);
    expect(await listMetrics(ports, ADMIN, id, 'baking')).toEqual([]);
    await expect(listMetrics(ports, STRANGER, id, undefined)).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('every metric record that a phase left is valid and belongs to the run', async () => {
    const { ports, id } = await completedRun();
    for (const record of await listMetrics(ports, ADMIN, id, undefined)) {
      expect(parseDocument(metricRecord, record)).toEqual({ ok: true, value: record });
      expect(record.id.startsWith(`${id}/cognate/`)).toBe(true);
    }
  });
});

describe('finishing a run that did not do its phases', () => {
  test('carries the reason of the phase that failed and reports it', async () => {
    const ports = memoryPorts();
    const { id } = await startedRun(ports);
    const cause = JSON.stringify({ errorType: 'numeric', errorMessage: 'the loss is not finite' });
    await failPhase(ports, ADMIN, { runId: id, phase: 'cognate', error: 'numeric', cause });
    const run = await finishRun(ports, ADMIN, {
      runId: id,
      outcome: 'FAILED',
      error: 'PhaseFailed',
      cause: 'x',
    });

    expect(run).toMatchObject({
      status: 'failed',
      error: { kind: 'numeric', phase: 'cognate', message: 'the loss is not finite' },
    });
    expect(text(ports, `runs/${id}/report.md`)).toContain('**numeric**: the loss is not finite');
    expect(reportOf(ports, id).phases[0]).toMatchObject({ status: 'failed', strengths: [] });
    expect((await lastEvents(ports, id)).at(-1)).toBe('RunFailed');
  });

  test.each([
    ['FAILED', 'failed', 'failed'],
    ['TIMED_OUT', 'failed', 'failed'],
    ['ABORTED', 'cancelled', 'cancelled'],
  ] as const)(
    'an execution that ended %s leaves a run %s and no phase running',
    async (outcome, status, phase) => {
      const ports = memoryPorts();
      const { id } = await startedRun(ports);
      const run = await finishRun(ports, ADMIN, { runId: id, outcome });

      expect(run.status).toBe(status);
      expect(run.phases[0]).toMatchObject({ status: phase, endedAt: run.endedAt });
      expect(run.error?.message).toBe(
        status === 'failed' ? 'The execution ended without a reason.' : undefined,
      );
      expect(text(ports, `runs/${id}/report.md`)).toContain('Nothing was measured.');
    },
  );

  test.each([
    ['SUCCEEDED', 'failed'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'failed'],
    ['ABORTED', 'cancelled'],
  ] as const)(
    'an execution that ended %s before it prepared its run leaves it %s',
    async (outcome, status) => {
      const ports = memoryPorts();
      const { id } = await submittedRun(ports);
      expect(await finishRun(ports, ADMIN, { runId: id, outcome })).toMatchObject({ status });
    },
  );

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    'a run that was being cancelled is cancelled, though its execution ended %s',
    async (outcome) => {
      const ports = memoryPorts();
      const { id } = await startedRun(ports);
      await cancelRun(ports, ADMIN, id);
      const run = await finishRun(ports, ADMIN, { runId: id, outcome });

      expect(run).toMatchObject({ status: 'cancelled', error: null });
      expect((await lastEvents(ports, id)).slice(-2)).toEqual(['RunCancelRequested', 'RunCancelled']);
    },
  );

  test('a cancellation that comes while the report is written wins, and the report says so', async () => {
    const { ports, id } = await completedRun();
    let asked = false;
    const write: MemoryPorts['blobWriter']['write'] = async (...args) => {
      if (!asked) {
        asked = true;
        await cancelRun(ports, ADMIN, id);
      }
      return ports.blobWriter.write(...args);
    };
    const slow = { ...ports, blobWriter: { ...ports.blobWriter, write } };
    const run = await finishRun(slow, ADMIN, { runId: id, outcome: 'SUCCEEDED' });

    expect(run.status).toBe('cancelled');
    expect(reportOf(ports, id).run.status).toBe('cancelled');
    expect(() => moveRun(run, 'running', 'now')).toThrow('cannot become running');
  });
});
