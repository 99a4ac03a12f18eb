/** Steps of a run in any order, repeated and at once, as a state machine delivers them at its worst: what must always hold. */
import fc from 'fast-check';
import type { ForgeEvent } from '#contracts/source/event.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { copyRun } from '#core/application/commands/copy-run.ts';
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { pauseRun } from '#core/application/commands/pause-run.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { resumeRun } from '#core/application/commands/resume-run.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { ancestors } from '#core/domain/lineage.ts';
import { isTerminal, type Run } from '#core/domain/run.ts';
import { sha256Of } from '#test/support/memory/blobs.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { submittedRun } from '#test/support/toy-run.ts';

const phase = 'cognate';

const STEPS: Readonly<Record<string, (ports: MemoryPorts, runId: string) => Promise<unknown>>> = {
  prepare: (ports, runId) => prepareRun(ports, ADMIN, runId),
  start: (ports, runId) => startPhase(ports, ADMIN, { runId, phase, execution: `${runId}-1` }),
  leaveResults: async (ports, runId) => leaveCognateResults(ports.store, runId),
  complete: (ports, runId) => completePhase(ports, ADMIN, { runId, phase }),
  lose: (ports, runId) => failPhase(ports, ADMIN, { runId, phase, error: 'lost', cause: 'host gone' }),
  fail: (ports, runId) => failPhase(ports, ADMIN, { runId, phase, error: 'numeric', cause: 'nan' }),
  cancel: (ports, runId) => cancelRun(ports, ADMIN, runId),
  finish: (ports, runId) => finishRun(ports, ADMIN, { runId, outcome: 'SUCCEEDED' }),
  finishFailed: (ports, runId) => finishRun(ports, ADMIN, { runId, outcome: 'FAILED', error: 'x' }),
  finishAborted: (ports, runId) => finishRun(ports, ADMIN, { runId, outcome: 'ABORTED' }),
  pause: (ports, runId) => pauseRun(ports, ADMIN, runId),
  resume: (ports, runId) => resumeRun(ports, ADMIN, runId),
  retry: (ports, runId) =>
    copyRun(ports, ADMIN, runId, { verb: 'retry', wish: { from: phase }, idempotencyKey: 'retry' }),
  fork: (ports, runId) => copyRun(ports, ADMIN, runId, { verb: 'fork', wish: {}, idempotencyKey: 'fork' }),
  finishFirst: (ports, runId) =>
    finishRun(ports, ADMIN, { runId, execution: `${runId}-1`, outcome: 'ABORTED' }),
  startNewest: async (ports, runId) => {
    const execution = (await runOf(ports, runId)).executions.at(-1) ?? '';
    return startPhase(ports, ADMIN, { runId, phase, execution });
  },
};

/** Steps of one execution say its name; those of an older one change nothing. */
async function expectFenced(ports: MemoryPorts, run: Run): Promise<void> {
  if (run.executions.length === 1) return;
  const execution = `${run.id}-1`;
  for (const outcome of ['SUCCEEDED', 'FAILED', 'ABORTED'] as const)
    await finishRun(ports, ADMIN, { runId: run.id, execution, outcome });
  await failPhase(ports, ADMIN, { runId: run.id, phase, execution, error: 'numeric', cause: 'nan' });
  expect(await runOf(ports, run.id)).toEqual(run);
}

/** A run that another one was made of is named by it, and what was reused is what the other one made. */
async function expectOrigins(ports: MemoryPorts, origin: Run): Promise<void> {
  const copies = [...ports.store.tables.runs.values()].filter(({ id }) => id !== origin.id);
  expect(copies.length).toBeLessThanOrEqual(2);
  for (const copy of copies) {
    expect(copy.origin?.run).toBe(origin.id);
    const [record] = copy.phases;
    if (record?.reusedFrom) expect(record.outputs).toEqual(origin.phases[0]?.outputs);
    else expect(record).toMatchObject({ status: 'pending', outputs: [] });
  }
}

/** From its submission to where it goes on after a pause. */
const RESUMED = ['prepare', 'start', 'pause', 'finishAborted', 'resume'] as const;

/** A refusal that names its kind is an answer; anything else is a defect. */
async function attempt(step: string, ports: MemoryPorts, runId: string): Promise<void> {
  try {
    await STEPS[step]?.(ports, runId);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
  }
}

const runOf = async (ports: MemoryPorts, id: string) => (await ports.runs.get(ADMIN.tenant, id)) as Run;

function expectModels(ports: MemoryPorts): void {
  const models = [...ports.store.tables.models.values()];
  const versions = models.map((model) => `${model.name}@${model.version}`);
  expect(new Set(versions).size).toBe(models.length);
  expect(versions.every((version) => version.endsWith('@1'))).toBe(true);
  const edges = models.flatMap((model) =>
    model.parents.map((link) => ({
      parent: link.modelId,
      child: model.id,
      relation: link.relation,
      weight: 1,
    })),
  );
  const ids = models.map((model) => model.id);
  for (const model of models) {
    for (const link of model.parents) expect(ids).toContain(link.modelId);
    expect(ancestors(edges, model.id)).not.toContain(model.id);
    for (const file of model.files) {
      const bytes = ports.store.blobs.get(contentKey('default', file.sha256));
      expect(bytes && sha256Of(bytes)).toBe(file.sha256);
    }
  }
}

/** A run that was cancelled while it was paused did not go on. */
function pausedBeforeEnd(events: readonly ForgeEvent[]): number {
  const last = events
    .filter(({ type }) => ['RunPaused', 'RunResumed', 'RunCancelled'].includes(type))
    .slice(-2);
  return last[0]?.type === 'RunPaused' && last[1]?.type === 'RunCancelled' ? 1 : 0;
}

async function expectEvents(ports: MemoryPorts, run: Run): Promise<void> {
  const events = await ports.events.read(ADMIN.tenant, run.id, 0, 10_000);
  const times = (type: string) => events.filter((event) => event.type === type).length;
  expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
  expect(times('RunSubmitted')).toBe(1);
  expect(times('RunCompleted')).toBe(run.status === 'succeeded' ? 1 : 0);
  expect(times('RunFailed')).toBe(run.status === 'failed' ? 1 : 0);
  expect(times('RunCancelled')).toBe(run.status === 'cancelled' ? 1 : 0);
  expect(times('RunResumed')).toBe(run.executions.length - 1);
  expect(times('RunPaused')).toBe(
    run.executions.length - 1 + (run.status === 'paused' ? 1 : pausedBeforeEnd(events)),
  );
  expect(times('ModelRegistered')).toBe(ports.store.tables.models.size);
  expect(times('PhaseCompleted')).toBe(ports.store.tables.models.size === 0 ? 0 : 1);
}

/** What never changes any more once the run has ended. */
function expectFinal(before: Run, after: Run): void {
  expect(after.version).toBeGreaterThanOrEqual(before.version);
  if (!isTerminal(before.status)) return;
  expect(after).toMatchObject({ status: before.status, endedAt: before.endedAt, error: before.error });
  expect(after.phases.map((each) => each.outputs)).toEqual(before.phases.map((each) => each.outputs));
}

describe('steps of a run in any order', () => {
  const step = fc.constantFrom(...Object.keys(STEPS));
  const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 });

  test('repeated and at once, break no invariant', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.boolean(), async (order, resumed) => {
        const ports = memoryPorts();
        const { id } = await submittedRun(ports);
        if (resumed) for (const each of RESUMED) await attempt(each, ports, id);
        for (const batch of order) {
          const before = await runOf(ports, id);
          await Promise.all(batch.map((each) => attempt(each, ports, id)));
          const after = await runOf(ports, id);
          expectFinal(before, after);
          expectModels(ports);
          await expectEvents(ports, after);
          await expectFenced(ports, after);
          await expectOrigins(ports, after);
          if (isTerminal(after.status) || after.status === 'paused') {
            expect(after.phases.map((each) => each.status)).not.toContain('running');
          }
        }
      }),
      { seed: 17, numRuns: 200 },
    );
  }, 30_000);

  test('after a pause in the middle go on to the end under the next execution, with nothing made twice', async () => {
    const ports = memoryPorts();
    const { id } = await submittedRun(ports);
    for (const each of [...RESUMED, 'startNewest', 'leaveResults', 'complete', 'finish'])
      await attempt(each, ports, id);
    const run = await runOf(ports, id);
    expect(run).toMatchObject({ status: 'succeeded', executions: [`${id}-1`, `${id}-2`] });
    expect(run.phases[0]).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(ports.store.tables.models.size).toBe(4);
    await expectEvents(ports, run);
  });

  test('in the right order end well, so that the property above is about something', async () => {
    const ports = memoryPorts();
    const { id } = await submittedRun(ports);
    for (const each of ['prepare', 'start', 'leaveResults', 'complete', 'finish'])
      await attempt(each, ports, id);
    expect(await runOf(ports, id)).toMatchObject({ status: 'succeeded' });
    expect(ports.store.tables.models.size).toBe(4);
  });
});
