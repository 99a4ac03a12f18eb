import jobs from '#contracts/jobs.json' with { type: 'json' };
import { defaultSettings } from '#contracts/source/phases/settings.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type TaskSpec, taskSpec } from '#contracts/source/task-spec.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun, submittedRun, toyCorpus, toyDocument } from '#test/support/toy-run.ts';

async function prepared(
  change: Parameters<typeof submittedRun>[1] = {},
): Promise<{ ports: MemoryPorts; run: Run }> {
  const ports = memoryPorts();
  const run = await submittedRun(ports, change);
  await prepareRun(ports, ADMIN, run.id);
  return { ports, run };
}

const start = (ports: MemoryPorts, { id }: Run) =>
  startPhase(ports, ADMIN, { runId: id, phase: 'cognate', execution: `${id}-1` });

function readTask(ports: MemoryPorts, uri: string): TaskSpec {
  const key = ports.blobs.keyOf(uri) ?? '';
  const parsed = parseDocument(taskSpec, JSON.parse(new TextDecoder().decode(ports.store.blobs.get(key))));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe('preparing a run', () => {
  test('sets it running and names the phases to walk; again it changes nothing', async () => {
    const { ports, run } = await prepared();
    const before = await ports.runs.get(ADMIN.tenant, run.id);

    expect(before).toMatchObject({ status: 'running', version: 2 });
    expect(await prepareRun(ports, ADMIN, run.id)).toEqual({ phases: ['cognate'] });
    expect(await ports.runs.get(ADMIN.tenant, run.id)).toEqual(before);
  });

  test('leaves out what has succeeded already', async () => {
    const { ports, run } = await prepared();
    await start(ports, run);
    leaveCognateResults(ports.store, run.id);
    await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' });

    expect(await prepareRun(ports, ADMIN, run.id)).toEqual({ phases: [] });
  });

  test('a run that was cancelled, or has ended, is not started', async () => {
    const ports = memoryPorts();
    const cancelled = await submittedRun(ports);
    await cancelRun(ports, ADMIN, cancelled.id);
    await expect(prepareRun(ports, ADMIN, cancelled.id)).rejects.toMatchObject({ kind: 'cancelled' });
    const ended = await submittedRun(ports, { name: 'other' });
    await finishRun(ports, ADMIN, { runId: ended.id, outcome: 'FAILED' });
    await expect(prepareRun(ports, ADMIN, ended.id)).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  test("another tenant's run is not found, in the same words as one that does not exist", async () => {
    const { ports, run } = await prepared();
    await expect(prepareRun(ports, STRANGER, run.id)).rejects.toMatchObject({
      kind: 'not_found',
      message: `There is no run "${run.id}".`,
    });
  });
});

describe('starting a phase', () => {
  test('answers one job per stage, with the address of its task', async () => {
    const { ports, run } = await prepared();
    const { attempt, stages } = await start(ports, run);

    expect(attempt).toBe(1);
    expect(stages.map(({ name, size, jobName }) => [name, size, jobName])).toEqual([
      ['base', 1, `${run.id}-1-cognate-base-1`],
      ['variants', 3, `${run.id}-1-cognate-variants-1`],
      ['evaluate', 1, `${run.id}-1-cognate-evaluate-1`],
    ]);
    for (const { jobName } of stages) expect(jobName).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
  });

  test('writes task specs that are valid and complete, each with the inputs of its stage', async () => {
    const { ports, run } = await prepared({ seed: 42 });
    const { stages } = await start(ports, run);
    const tasks = stages.map((stage) => readTask(ports, stage.task));
    const corpus = await ports.corpora.byName(ADMIN.tenant, 'speeches');

    expect(tasks.map((task) => task.inputs.map((input) => input.name))).toEqual([
      ['corpus'],
      ['corpus', 'base'],
      ['corpus', 'base', 'variants'],
    ]);
    for (const task of tasks) {
      expect(task).toMatchObject({
        tenant: 'default',
        runId: run.id,
        phase: 'cognate',
        seed: 42,
        threads: 1,
      });
      expect(task.config).toEqual(run.resolved.config.cognate);
      expect(Object.values(task.config)).not.toContain(undefined);
      expect(task.inputs[0]).toMatchObject({
        corpusId: corpus?.id,
        sha256: corpus?.sha256,
        bytes: corpus?.bytes,
      });
      expect(ports.blobs.keyOf(task.output)).toBe(`staging/${run.id}/cognate/${task.stage.name}/`);
      expect(task.limits.timeoutSeconds).toBe(jobs.phases.cognate.timeoutSeconds);
    }
    expect(tasks[2]?.inputs[1]).toEqual({ kind: 'stage', name: 'base', uri: tasks[0]?.output });
  });

  test('marks the phase as running and counts each start', async () => {
    const { ports, run } = await prepared();
    await start(ports, run);
    const again = await start(ports, run);
    const record = (await ports.runs.get(ADMIN.tenant, run.id))?.phases[0];

    expect(again.attempt).toBe(2);
    // The new jobs count their attempts from 1 again: this is how they take over from the old ones.
    expect(readTask(ports, again.stages[0]?.task ?? '').phaseAttempt).toBe(2);
    expect(record).toMatchObject({ status: 'running', attempts: 2, error: null, inputs: [] });
    const events = await ports.events.read(ADMIN.tenant, run.id, 0, 100);
    expect(events.filter((event) => event.type === 'PhaseStarted').map((event) => event.attempt)).toEqual([
      1, 2,
    ]);
  });

  test('a phase that is complete already has no jobs left, and its models stay', async () => {
    const { ports, run } = await prepared();
    await start(ports, run);
    leaveCognateResults(ports.store, run.id);
    const completion = await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' });
    const before = structuredClone(ports.store.tables);

    expect(await start(ports, run)).toEqual({ attempt: 1, turn: 'last', stages: [] });
    expect(await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' })).toEqual(completion);
    expect(ports.store.tables).toEqual(before);
  });

  test('a phase that is completed while it is being started again is left alone', async () => {
    const { ports, run } = await prepared();
    await start(ports, run);
    leaveCognateResults(ports.store, run.id);
    const read: MemoryPorts['blobs']['read'] = async (key) => {
      await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' });
      return ports.blobs.read(key);
    };
    const slow = { ...ports, blobs: { ...ports.blobs, read } };

    await expect(start(slow, run)).rejects.toMatchObject({ code: 'phase_completed' });
    expect((await ports.runs.get(ADMIN.tenant, run.id))?.phases[0]?.status).toBe('succeeded');
  });

  test('a phase that the run does not have is not found', async () => {
    const { ports, run } = await prepared();
    const wrong = { runId: run.id, phase: 'baking', execution: 'x' } as const;
    await expect(startPhase(ports, ADMIN, wrong)).rejects.toMatchObject({
      kind: 'not_found',
      hint: 'Its phases: cognate.',
    });
  });

  test('a phase of a run that is cancelled or has ended is not started', async () => {
    const { ports, run } = await prepared();
    await cancelRun(ports, ADMIN, run.id);
    await expect(start(ports, run)).rejects.toMatchObject({ kind: 'cancelled' });
    await finishRun(ports, ADMIN, { runId: run.id, outcome: 'ABORTED' });
    await expect(start(ports, run)).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('handing over to the next phase', () => {
  /** A run of phases 1 and 2 whose first phase is complete; written as a release that can run both would. */
  async function atSecondPhase(): Promise<{ ports: MemoryPorts; run: Run }> {
    const { ports, run } = await prepared();
    await start(ports, run);
    leaveCognateResults(ports.store, run.id);
    await completePhase(ports, ADMIN, { runId: run.id, phase: 'cognate' });
    const before = (await ports.runs.get(ADMIN.tenant, run.id)) as Run;
    const second = {
      ...before.phases[0],
      slug: 'evomerge',
      status: 'pending',
      attempts: 0,
      outputs: [],
    } as const;
    const config = { ...before.resolved.config, evomerge: defaultSettings('evomerge') };
    const resolved = { ...before.resolved, config };
    const phases = [...before.phases, second];
    const longer = { ...before, resolved, phases, version: before.version + 1 } as Run;
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'run', run: longer, expected: before.version }]);
    return { ports, run: longer };
  }

  const startSecond = (ports: MemoryPorts, { id }: Run) =>
    startPhase(ports, ADMIN, { runId: id, phase: 'evomerge', execution: `${id}-1` });

  test('the outputs of the phase before go in', async () => {
    const { ports, run } = await atSecondPhase();
    await startSecond(ports, run);
    const after = await ports.runs.get(ADMIN.tenant, run.id);

    expect(after?.phases[1]?.inputs).toEqual(run.phases[0]?.outputs);
    expect(after?.phases[1]?.inputs).toHaveLength(3);
  });

  test('models that break the contract are refused by its name, and the phase is not started', async () => {
    const { ports, run } = await atSecondPhase();
    const model = await ports.models.byName(ADMIN.tenant, 'toy-memory', null);
    if (!model) throw new Error('no model');
    const properties = { ...model.properties, tokenizerHash: 'f'.repeat(64) };
    const changed = { ...model, properties, recordVersion: model.recordVersion + 1 };
    await ports.registry.commit(ADMIN.tenant, [
      { kind: 'model', model: changed, expected: model.recordVersion },
    ]);

    await expect(startSecond(ports, run)).rejects.toMatchObject({
      kind: 'contract',
      message: expect.stringContaining('cognate→evomerge.same-tokenizer'),
    });
    expect((await ports.runs.get(ADMIN.tenant, run.id))?.phases[1]?.status).toBe('pending');
  });

  test('a model that is gone is named', async () => {
    const { ports, run } = await atSecondPhase();
    const gone = run.phases[0]?.outputs[0] ?? '';
    const models = new Map(ports.store.tables.models);
    models.delete(`default/${gone}`);
    ports.store.tables = { ...ports.store.tables, models };

    await expect(startSecond(ports, run)).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining(gone),
    });
  });
});

describe('cancelling a run', () => {
  test('asks its execution to stop, once, and is no error again', async () => {
    const ports = memoryPorts();
    const { id } = await startedRun(ports);
    const both = await Promise.all([cancelRun(ports, ADMIN, id), cancelRun(ports, ADMIN, id)]);
    const again = await cancelRun(ports, ADMIN, id);

    expect(both.map((run) => run.status)).toEqual(['cancelling', 'cancelling']);
    expect(again.version).toBe(both[0]?.version);
    expect(ports.workflow.stopped).toEqual([`${id}-1`]);
    const events = await ports.events.read(ADMIN.tenant, id, 0, 100);
    expect(events.filter((event) => event.type === 'RunCancelRequested')).toHaveLength(1);
  });

  test('whose execution never started ends it at once, and a late start finds it cancelled', async () => {
    const ports = memoryPorts();
    await toyCorpus(ports);
    const dying = {
      ...ports,
      workflow: { ...ports.workflow, startPipeline: () => Promise.reject(new Error('killed')) },
    };
    const submission = { document: toyDocument(), idempotencyKey: 'key' };
    await expect(submitRun(dying, ADMIN, submission)).rejects.toThrow('killed');
    const { items } = await ports.runs.list(ADMIN.tenant, { status: 'queued' }, { limit: 10, after: null });
    const id = items[0]?.id ?? '';

    expect(await cancelRun(ports, ADMIN, id)).toMatchObject({ status: 'cancelled' });
    expect(await submitRun(ports, ADMIN, submission)).toMatchObject({ id, status: 'cancelled' });
    expect(ports.workflow.started.size).toBe(0);
    await expect(prepareRun(ports, ADMIN, id)).rejects.toMatchObject({ kind: 'cancelled' });
    const events = await ports.events.read(ADMIN.tenant, id, 0, 100);
    expect(events.map((event) => event.type)).toEqual(['RunSubmitted', 'RunCancelRequested', 'RunCancelled']);
  });

  test('that has ended changes nothing', async () => {
    const ports = memoryPorts();
    const { id } = await startedRun(ports);
    const ended = await finishRun(ports, ADMIN, { runId: id, outcome: 'FAILED' });

    expect(await cancelRun(ports, ADMIN, id)).toEqual(ended);
    expect(ports.workflow.stopped).toEqual([]);
  });

  test('is not for viewers', async () => {
    const ports = memoryPorts();
    const { id } = await startedRun(ports);
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    await expect(cancelRun(ports, viewer, id)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
