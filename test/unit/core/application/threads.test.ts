/** The number of threads is contracts/jobs.json's, per phase, and whatever depends on it reads what the run resolved. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { describeTasks } from '#core/application/queries/describe-tasks.ts';
import { fingerprintPhase } from '#core/application/queries/fingerprint-phase.ts';
import { historyOf } from '#core/domain/fork-point.ts';
import { resolveRun } from '#core/domain/resolve.ts';
import type { Run } from '#core/domain/run.ts';
import { planStages } from '#core/domain/stage-plan.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun, toyDocument } from '#test/support/toy-run.ts';

const withThreads = (run: Run, threads: Run['resolved']['threads']): Run => ({
  ...run,
  resolved: { ...run.resolved, threads },
});

it('is resolved for each phase of a run and for no other', () => {
  const document = { ...toyDocument({ phases: [2, 3] }) };
  const { threads } = resolveRun({
    document,
    preset: null,
    corpus: { id: 'C', sha256: 'S' } as never,
    models: [],
  });
  expect(threads).toEqual({
    evomerge: jobs.phases.evomerge.threads,
    'quiet-star': jobs.phases['quiet-star'].threads,
  });
});

it('goes from the run to the tasks, the fingerprint and the history of a fork', async () => {
  const ports = memoryPorts();
  const run = withThreads(await startedRun(ports), { cognate: 3, evomerge: 5 });
  const describe = await describeTasks(ports, ADMIN, run, {
    phase: 'cognate',
    execution: `${run.id}-1`,
    attempt: 1,
    models: [],
    rounds: [],
  });
  const [stage] = planStages('cognate', run.resolved.config.cognate);
  if (!stage) throw new Error('Phase cognate has no stage.');
  expect(describe({ stage, round: null }).threads).toBe(3);

  const facts = { phase: 'cognate', inputs: [], code: null } as const;
  const { threads, hash } = await fingerprintPhase(ports, ADMIN, { ...facts, resolved: run.resolved });
  expect(threads).toBe(3);
  const same = withThreads(run, { cognate: 3, evomerge: 6 });
  expect((await fingerprintPhase(ports, ADMIN, { ...facts, resolved: same.resolved })).hash).toBe(hash);
  const other = withThreads(run, { cognate: 4 });
  expect((await fingerprintPhase(ports, ADMIN, { ...facts, resolved: other.resolved })).hash).not.toBe(hash);

  const [base] = historyOf(run.resolved, null, { phase: 'cognate', stage: 'variants' });
  expect(base).toMatchObject({ stage: 'base', threads: 3 });
});
