/** Pause, resume, retry and fork over ports in memory: what goes on, what is reused, and what it is told. */
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { copyRun, type ForkWish, planCopy, type RetryWish } from '#core/application/commands/copy-run.ts';
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { pauseRun } from '#core/application/commands/pause-run.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { resumeRun } from '#core/application/commands/resume-run.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import { decideResume } from '#core/application/queries/decide-phases.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { leaveCognateResults, manifestOf, writeJson } from '#test/support/toy-results.ts';
import { startedRun, submittedRun } from '#test/support/toy-run.ts';

const phase = 'cognate';
let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const runOf = async (id: string) => (await ports.runs.get(ADMIN.tenant, id)) as Run;
const typesOf = async (id: string) =>
  (await ports.events.read(ADMIN.tenant, id, 0, 1000)).map((event) => event.type);
const aborted = (runId: string, execution: string) =>
  finishRun(ports, ADMIN, { runId, execution, outcome: 'ABORTED' });
const keepCheckpoint = (id: string, stage = 'base') => {
  const key = `checkpoints/${id}/${phase}/${stage}/manifests/0000000010-${hashOf('manifest')}.json`;
  writeJson(ports.store, key, { step: 10 });
};

/** A run that was paused while its phase was at work. */
async function pausedRun(): Promise<Run> {
  const { id } = await startedRun(ports);
  await pauseRun(ports, ADMIN, id);
  return aborted(id, `${id}-1`);
}

async function endedRun(outcome: 'SUCCEEDED' | 'FAILED'): Promise<Run> {
  const { id } = await startedRun(ports);
  if (outcome === 'SUCCEEDED') {
    leaveCognateResults(ports.store, id);
    await completePhase(ports, ADMIN, { runId: id, phase });
  } else await failPhase(ports, ADMIN, { runId: id, phase, error: 'numeric', cause: 'nan' });
  return finishRun(ports, ADMIN, { runId: id, outcome });
}

const retry = (id: string, wish: RetryWish = {}, idempotencyKey = 'again') =>
  copyRun(ports, ADMIN, id, { verb: 'retry', wish, idempotencyKey });
const fork = (id: string, wish: ForkWish = {}, idempotencyKey = 'branch') =>
  copyRun(ports, ADMIN, id, { verb: 'fork', wish, idempotencyKey });
const decisionsOf = async (id: string, wish: ForkWish = {}) =>
  (await planCopy(ports, ADMIN, id, { verb: 'fork', wish })).decisions.phases;

describe('pausing', () => {
  test('stops the execution; the run is paused once that has ended, and its phase waits without a try lost', async () => {
    const { id } = await startedRun(ports);
    expect(await pauseRun(ports, ADMIN, id)).toMatchObject({ status: 'pausing' });
    expect(ports.workflow.stopped).toEqual([`${id}-1`]);
    expect(await aborted(id, `${id}-1`)).toMatchObject({
      status: 'paused',
      endedAt: null,
      error: null,
      phases: [{ status: 'pending', attempts: 0, error: null }],
    });
    expect((await typesOf(id)).slice(-2)).toEqual(['RunPauseRequested', 'RunPaused']);
  });

  test('again changes nothing, and neither does a late word of the execution that ended', async () => {
    const { id, version } = await pausedRun();
    expect((await pauseRun(ports, ADMIN, id)).version).toBe(version);
    for (const outcome of ['ABORTED', 'FAILED', 'SUCCEEDED'] as const)
      expect((await finishRun(ports, ADMIN, { runId: id, execution: `${id}-1`, outcome })).version).toBe(
        version,
      );
  });

  test('neither retries nor fails what the stop broke', async () => {
    const { id } = await startedRun(ports);
    await pauseRun(ports, ADMIN, id);
    const decision = await failPhase(ports, ADMIN, { runId: id, phase, error: 'preempted', cause: 'stop' });
    expect(decision).toMatchObject({ action: 'fail', error: 'cancelled' });
    expect((await runOf(id)).phases[0]).toMatchObject({ status: 'running', error: null });
    const run = await finishRun(ports, ADMIN, { runId: id, execution: `${id}-1`, outcome: 'FAILED' });
    expect(run).toMatchObject({ status: 'paused', error: null, report: null });
  });

  test('comes too late for a run whose phase has failed, or which has done everything', async () => {
    const failed = await startedRun(ports);
    await failPhase(ports, ADMIN, { runId: failed.id, phase, error: 'numeric', cause: 'nan' });
    await pauseRun(ports, ADMIN, failed.id);
    expect(await finishRun(ports, ADMIN, { runId: failed.id, outcome: 'FAILED' })).toMatchObject({
      status: 'failed',
      error: { kind: 'numeric' },
    });
    const done = await startedRun(ports, { name: 'done' });
    leaveCognateResults(ports.store, done.id);
    await completePhase(ports, ADMIN, { runId: done.id, phase });
    await pauseRun(ports, ADMIN, done.id);
    expect((await finishRun(ports, ADMIN, { runId: done.id, outcome: 'SUCCEEDED' })).status).toBe(
      'succeeded',
    );
  });

  test('a run that has not begun keeps its execution from beginning', async () => {
    const { id } = await submittedRun(ports);
    await pauseRun(ports, ADMIN, id);
    await expect(prepareRun(ports, ADMIN, id, `${id}-1`)).rejects.toMatchObject({ code: 'run_paused' });
    expect((await aborted(id, `${id}-1`)).status).toBe('paused');
    await expect(prepareRun(ports, ADMIN, id, `${id}-1`)).rejects.toMatchObject({ code: 'run_paused' });
    const unstarted = { ...ports, workflow: memoryPorts().workflow };
    const other = await submittedRun(ports, { name: 'other' });
    expect((await pauseRun(unstarted, ADMIN, other.id)).status).toBe('paused');
  });

  test('starts no phase meanwhile', async () => {
    const { id } = await submittedRun(ports);
    await prepareRun(ports, ADMIN, id);
    await pauseRun(ports, ADMIN, id);
    const start = startPhase(ports, ADMIN, { runId: id, phase, execution: `${id}-1` });
    await expect(start).rejects.toMatchObject({ kind: 'cancelled', code: 'run_paused' });
  });

  test('is refused for a run that has ended, and for a viewer', async () => {
    const { id } = await endedRun('FAILED');
    await expect(pauseRun(ports, ADMIN, id)).rejects.toMatchObject({ code: 'illegal_transition' });
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    await expect(pauseRun(ports, viewer, id)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(pauseRun(ports, STRANGER, id)).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('and then cancelling ends the run with a report, because nothing of it is at work', async () => {
    const { id } = await pausedRun();
    const run = await cancelRun(ports, ADMIN, id);
    expect(run).toMatchObject({ status: 'cancelled', report: `runs/${id}/report.json` });
    expect((await typesOf(id)).at(-1)).toBe('RunCancelled');
  });
});

describe('resuming', () => {
  test('goes on under a new execution, however often it is asked', async () => {
    const { id } = await pausedRun();
    await Promise.all([1, 2, 3].map(() => resumeRun(ports, ADMIN, id)));
    expect(await runOf(id)).toMatchObject({ status: 'running', executions: [`${id}-1`, `${id}-2`] });
    expect([...ports.workflow.started.keys()]).toEqual([`${id}-1`, `${id}-2`]);
    expect((await typesOf(id)).filter((type) => type === 'RunResumed')).toHaveLength(1);
  });

  test('leaves nothing to the execution before: what that one still says changes nothing', async () => {
    const { id } = await pausedRun();
    const { version } = await resumeRun(ports, ADMIN, id);
    const old = `${id}-1`;
    for (const outcome of ['ABORTED', 'FAILED', 'SUCCEEDED'] as const)
      await finishRun(ports, ADMIN, { runId: id, execution: old, outcome });
    await failPhase(ports, ADMIN, { runId: id, phase, execution: old, error: 'lost', cause: 'gone' });
    await expect(prepareRun(ports, ADMIN, id, old)).rejects.toMatchObject({ code: 'stale_execution' });
    const start = startPhase(ports, ADMIN, { runId: id, phase, execution: old });
    await expect(start).rejects.toMatchObject({ code: 'stale_execution' });
    const complete = completePhase(ports, ADMIN, { runId: id, phase, execution: old });
    await expect(complete).rejects.toMatchObject({ code: 'stale_execution' });
    expect((await runOf(id)).version).toBe(version);
  });

  test('runs no stage again that left a good result, and lets the jobs of an array look for their own', async () => {
    const { id } = await pausedRun();
    const place = { runId: id, phase, attempt: 1 } as const;
    writeJson(
      ports.store,
      `staging/${id}/${phase}/base/result.json`,
      manifestOf({ ...place, stage: 'base', index: null }),
    );
    writeJson(
      ports.store,
      `staging/${id}/${phase}/variants/1/result.json`,
      manifestOf({ ...place, stage: 'variants', index: 1 }),
    );
    await resumeRun(ports, ADMIN, id);
    const { stages, attempt } = await startPhase(ports, ADMIN, { runId: id, phase, execution: `${id}-2` });
    expect([attempt, stages.map(({ name }) => name)]).toEqual([1, ['variants', 'evaluate']]);
    const taskOf = (stage: string) =>
      JSON.parse(new TextDecoder().decode(ports.store.blobs.get(`runs/${id}/${phase}/${stage}.task.json`)));
    expect([taskOf('variants').reuse, taskOf('evaluate').reuse]).toEqual([true, undefined]);
  });

  test.each([
    ['reports a failure', { success: false }],
    ['was made by other code', { codeHash: hashOf('old code') }],
    [
      'names a file that is not there',
      {
        artifacts: [
          { name: 'a', uri: 'file:///a', sha256: hashOf('gone'), bytes: 1, mediaType: 'text/plain' },
        ],
      },
    ],
    ['is of another stage', { stage: 'evaluate' }],
  ])('runs a stage again, and all that read from it, when its result %s', async (_, change) => {
    const { id } = await pausedRun();
    leaveCognateResults(ports.store, id);
    const place = { runId: id, phase, attempt: 1, stage: 'base', index: null } as const;
    writeJson(ports.store, `staging/${id}/${phase}/base/result.json`, manifestOf(place, change));
    await resumeRun(ports, ADMIN, id);
    const code = { hash: async () => hashOf('code of today') };
    const started = await startPhase({ ...ports, code }, ADMIN, { runId: id, phase, execution: `${id}-2` });
    expect(started.stages.map(({ name }) => name)).toEqual(['base', 'variants', 'evaluate']);
  });

  test('needs the end of the pause, and a run that can go on', async () => {
    const { id } = await startedRun(ports);
    await pauseRun(ports, ADMIN, id);
    const early = resumeRun(ports, ADMIN, id);
    await expect(early).rejects.toMatchObject({ code: 'run_pausing', retryAfterSeconds: 5 });
    await aborted(id, `${id}-1`);
    await cancelRun(ports, ADMIN, id);
    await expect(resumeRun(ports, ADMIN, id)).rejects.toMatchObject({
      code: 'illegal_transition',
      hint: expect.stringContaining(`forge runs retry ${id}`),
    });
  });

  test('says beforehand what it reuses and from where it goes on', async () => {
    const run = await pausedRun();
    const before = await decideResume(ports, run, 'resume');
    expect(before.phases).toEqual([
      expect.objectContaining({
        phase,
        decision: 'rerun',
        checkpoints: 0,
        reason: expect.stringContaining('no checkpoint'),
      }),
    ]);
    keepCheckpoint(run.id);
    const { phases } = await decideResume(ports, run, 'resume');
    expect(phases[0]).toMatchObject({ checkpoints: 1, reason: 'It goes on from its newest checkpoints.' });
  });
});

describe('a retry', () => {
  test('of a failed run is a new run that goes on from the checkpoints, and the old one stays as it is', async () => {
    const failed = await endedRun('FAILED');
    keepCheckpoint(failed.id);
    const made = await retry(failed.id);
    expect(made).toMatchObject({
      status: 'queued',
      origin: { verb: 'retry', run: failed.id, from: phase },
      resolved: failed.resolved,
      phases: [{ status: 'pending' }],
    });
    const kept = [...ports.store.blobs.keys()].filter((key) => key.startsWith(`checkpoints/${made.id}/`));
    expect(kept).toEqual([expect.stringContaining('/base/manifests/')]);
    expect(await runOf(failed.id)).toEqual(failed);
    expect([...ports.workflow.started.keys()]).toContain(`${made.id}-1`);
  });

  test('wanted fresh takes no checkpoint', async () => {
    const failed = await endedRun('FAILED');
    keepCheckpoint(failed.id);
    const made = await retry(failed.id, { fresh: true });
    expect([...ports.store.blobs.keys()].join()).not.toContain(`checkpoints/${made.id}/`);
  });

  test('asked for twice under one key is one run; under it, nothing else can be asked', async () => {
    const failed = await endedRun('FAILED');
    const [one, two] = await Promise.all([retry(failed.id), retry(failed.id)]);
    expect(one?.id).toBe(two?.id);
    await expect(retry(failed.id, { fresh: true })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('needs a phase of the run, and a run that has ended', async () => {
    const done = await endedRun('SUCCEEDED');
    await expect(retry(done.id)).rejects.toMatchObject({ kind: 'validation', code: 'required' });
    await expect(retry(done.id, { from: 'baking' })).rejects.toMatchObject({ code: 'phase_not_in_run' });
    const open = await startedRun(ports, { name: 'open' });
    await expect(retry(open.id)).rejects.toMatchObject({ kind: 'conflict', code: 'run_in_flight' });
  });

  test('from a phase that succeeded runs that again from its first step', async () => {
    const done = await endedRun('SUCCEEDED');
    keepCheckpoint(done.id);
    const { decisions } = await planCopy(ports, ADMIN, done.id, { verb: 'retry', wish: { from: phase } });
    expect(decisions.phases).toEqual([
      { phase, decision: 'rerun', reason: 'It was asked to run again.', differs: [], checkpoints: 0 },
    ]);
  });
});

describe('a fork', () => {
  test('with the same settings reuses the phase: its models, gates and figures, without a job', async () => {
    const done = await endedRun('SUCCEEDED');
    const made = await fork(done.id, { name: 'branch' });
    expect(made).toMatchObject({
      name: 'branch',
      origin: { verb: 'fork', run: done.id, from: null },
      phases: [{ status: 'succeeded', reusedFrom: done.id, outputs: done.phases[0]?.outputs }],
    });
    expect(await typesOf(made.id)).toEqual(['RunSubmitted', 'PhaseReused']);
    expect(await prepareRun(ports, ADMIN, made.id)).toEqual({ phases: [] });
    await finishRun(ports, ADMIN, { runId: made.id, outcome: 'SUCCEEDED' });
    const report = JSON.parse(new TextDecoder().decode(ports.store.blobs.get(`runs/${made.id}/report.json`)));
    expect(report.run.origin.run).toBe(done.id);
    expect(report.phases[0].reusedFrom).toBe(done.id);
    expect(report.phases[0].figures.memory.bits_per_byte.metric).toContain(done.id);
    expect(report.models).toHaveLength(4);
    const markdown = new TextDecoder().decode(ports.store.blobs.get(`runs/${made.id}/report.md`));
    expect(markdown).toContain(`Not run again: these are the outputs and figures of run ${done.id}.`);
    expect(markdown).toContain(`A fork of run ${done.id}.`);
  });

  test('of a fork names the run that made the models', async () => {
    const done = await endedRun('SUCCEEDED');
    const first = await fork(done.id);
    const second = await fork(first.id, {}, 'twig');
    expect(second.phases[0]?.reusedFrom).toBe(done.id);
    expect(second.origin?.run).toBe(first.id);
  });

  test.each<[string, ForkWish, readonly string[]]>([
    ['another seed', { seed: 2 }, ['seed']],
    ['another setting', { config: { cognate: { steps: 11 } } }, ['settings']],
    [
      'another gate',
      { gates: [{ phase, metric: 'base/bits_per_byte', op: '<', bound: 3, onFailure: 'report' }] },
      ['gates'],
    ],
  ])('with %s runs the phase again and says why', async (_, wish, differs) => {
    const done = await endedRun('SUCCEEDED');
    const [decision] = await decisionsOf(done.id, wish);
    expect(decision).toMatchObject({
      decision: 'rerun',
      differs,
      reason: `Not the same as then: ${differs}.`,
    });
    const made = await fork(done.id, wish);
    expect(made.phases[0]).toMatchObject({ status: 'pending', outputs: [] });
  });

  test('compares the code where both sides know it', async () => {
    const { id } = await startedRun(ports);
    leaveCognateResults(ports.store, id);
    const results = [...ports.store.blobs.keys()].filter((key) => key.endsWith('/result.json'));
    for (const key of results) {
      const result = JSON.parse(new TextDecoder().decode(ports.store.blobs.get(key)));
      writeJson(ports.store, key, { ...result, codeHash: hashOf('code') });
    }
    await completePhase(ports, ADMIN, { runId: id, phase });
    await finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
    const under = (code: string) =>
      planCopy({ ...ports, code: { hash: async () => hashOf(code) } }, ADMIN, id, { verb: 'fork', wish: {} });
    expect((await under('code')).decisions.phases[0]).toMatchObject({
      decision: 'reuse',
      reason: expect.stringContaining('code'),
    });
    expect((await under('other')).decisions.phases[0]).toMatchObject({
      decision: 'rerun',
      differs: ['code'],
    });
  });

  test('does not build on a model that may not be used any more', async () => {
    const done = await endedRun('SUCCEEDED');
    const id = done.phases[0]?.outputs[0] ?? '';
    const model = await ports.models.get(ADMIN.tenant, id);
    if (!model) throw new Error('the model is not there');
    const changed = { ...model, status: 'quarantined', recordVersion: model.recordVersion + 1 } as const;
    await ports.registry.commit(ADMIN.tenant, [
      { kind: 'model', model: changed, expected: model.recordVersion },
    ]);
    const [decision] = await decisionsOf(done.id);
    expect(decision).toMatchObject({
      decision: 'rerun',
      differs: ['models'],
      reason: `Its model ${id} is quarantined.`,
    });
  });

  test('of an unfinished run goes on from checkpoints of the same work only', async () => {
    const failed = await endedRun('FAILED');
    keepCheckpoint(failed.id);
    expect((await decisionsOf(failed.id))[0]).toMatchObject({ checkpoints: 1, differs: [] });
    expect((await decisionsOf(failed.id, { seed: 9 }))[0]).toMatchObject({
      checkpoints: 0,
      differs: ['seed'],
    });
  });
});
