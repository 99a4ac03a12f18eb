/** Forks from a checkpoint over ports in memory: which one is meant, what the new run's jobs are told, what is refused. */
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { copyRun, type ForkWish, planCopy } from '#core/application/commands/copy-run.ts';
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import { listCheckpoints } from '#core/application/queries/list-checkpoints.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { manifestKey } from '#core/domain/fork-point.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCheckpoint } from '#test/support/toy-checkpoint.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

const phase = 'cognate';
let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const keep = (run: string, stage: string, index: number | null, step: number) =>
  leaveCheckpoint(ports, run, { stage, index, step });

/** A run that has ended and keeps checkpoints of its base and of two of its variants. */
async function endedRun(): Promise<Run> {
  const { id } = await startedRun(ports);
  for (const step of [5, 10]) keep(id, 'base', null, step);
  for (const [index, steps] of [
    [20, 25, 30],
    [20, 25],
  ].entries())
    for (const step of steps) keep(id, 'variants', index, step);
  leaveCognateResults(ports.store, id);
  await completePhase(ports, ADMIN, { runId: id, phase });
  return finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
}

const plan = (id: string, wish: ForkWish) => planCopy(ports, ADMIN, id, { verb: 'fork', wish });
const fork = (id: string, wish: ForkWish) =>
  copyRun(ports, ADMIN, id, { verb: 'fork', wish, idempotencyKey: JSON.stringify([id, wish]) });
const taskOf = (id: string, stage: string) =>
  JSON.parse(new TextDecoder().decode(ports.store.blobs.get(`runs/${id}/${phase}/${stage}.task.json`)));
const start = async (id: string) => {
  await prepareRun(ports, ADMIN, id);
  return startPhase(ports, ADMIN, { runId: id, phase, execution: `${id}-1` });
};
const LEARNING_RATE = { config: { cognate: { learning_rate: 0.001 } } };
const begins = (run: Run) =>
  run.origin?.checkpoint?.begins.map(({ stage, index, step }) => `${stage}/${index}@${step}`).sort();

test('the checkpoints of a run are listed with what they measured, and whether their files are there', async () => {
  const { id } = await endedRun();
  const gone = (await listCheckpoints(ports, ADMIN, id))[0];
  const manifest = JSON.parse(
    new TextDecoder().decode(ports.store.blobs.get(manifestKey(id, phase, gone as NonNullable<typeof gone>))),
  );
  ports.store.blobs.delete(contentKey('default', manifest.files[0].sha256));
  ports.store.blobs.set(`checkpoints/${id}/${phase}/base/manifests/junk.json`, new Uint8Array([1]));
  const found = await listCheckpoints(ports, ADMIN, id, phase);
  expect(found.map(({ stage, index, step, there }) => [stage, index, step, there])).toEqual([
    ['base', null, 5, false],
    ['base', null, 10, true],
    ['variants', 0, 20, true],
    ['variants', 0, 25, true],
    ['variants', 0, 30, true],
    ['variants', 1, 20, true],
    ['variants', 1, 25, true],
  ]);
  expect(found[1]).toMatchObject({ metrics: { loss: 0.1 }, takenBy: id, best: false });
  expect(await listCheckpoints(ports, ADMIN, id, 'evomerge')).toEqual([]);
});

test.each<[string, string, readonly string[]]>([
  ['a step of the first stage', '5', ['base/null@5']],
  ['a step that one job has', '30', ['base/null@10', 'variants/0@30', 'variants/1@25']],
  ['an earlier step', '25', ['base/null@10', 'variants/0@25', 'variants/1@25']],
])('a fork from %s begins each job at its newest checkpoint up to there', async (_, checkpoint, expected) => {
  const { id } = await endedRun();
  const made = await fork(id, { checkpoint });
  expect(begins(made)).toEqual(expected);
  const copies = [...ports.store.blobs.keys()].filter((key) => key.startsWith(`checkpoints/${made.id}/`));
  expect(copies).toHaveLength(expected.length);
  const pins = [...ports.store.blobs.keys()].filter(
    (key) => key.startsWith(`checkpoints/${id}/`) && key.includes('/pins/'),
  );
  expect(pins).toHaveLength(expected.length);
});

test('its tasks name the checkpoints and the permission; the stages before run under the settings of then', async () => {
  const { id, resolved } = await endedRun();
  const made = await fork(id, { checkpoint: '30', seed: 9, ...LEARNING_RATE });
  expect(made.origin?.checkpoint).toMatchObject({ run: id, accepted: ['settings', 'seed'] });
  await start(made.id);
  const old = resolved.config.cognate;
  expect(taskOf(made.id, 'base')).toMatchObject({
    config: old,
    seed: resolved.seed,
    resumeFrom: [{ index: null, step: 10, acceptSettings: true }],
  });
  expect(taskOf(made.id, 'variants')).toMatchObject({
    config: { ...old, learning_rate: 0.001 },
    seed: 9,
    resumeFrom: [
      { index: 0, step: 30, acceptSettings: true },
      { index: 1, step: 25, acceptSettings: true },
    ],
  });
  expect(taskOf(made.id, 'evaluate')).not.toHaveProperty('resumeFrom');
});

test('a name of eight digits is enough', async () => {
  const { id } = await endedRun();
  const sha256 = (await listCheckpoints(ports, ADMIN, id)).find(({ step }) => step === 25)?.sha256 ?? '';
  expect((await plan(id, { checkpoint: sha256.slice(0, 8) })).point).toMatchObject({
    stage: 'variants',
    step: 25,
  });
});

test.each<[string, ForkWish, Readonly<Record<string, unknown>>]>([
  [
    'a step that is not there',
    { checkpoint: '7' },
    { code: 'checkpoint_not_found', hint: expect.stringContaining('base 5') },
  ],
  ['too short a name', { checkpoint: 'abcdef' }, { code: 'checkpoint_not_found' }],
  [
    'another corpus',
    { checkpoint: '30', input: { corpus: 'other' } },
    { kind: expect.stringMatching(/conflict|not_found|validation/) },
  ],
  [
    'what a stage before has decided',
    { checkpoint: '30', config: { cognate: { d_ff: 32 } } },
    { code: 'decided_before_checkpoint', message: expect.stringContaining('d_ff') },
  ],
  ['a phase to begin at as well', { checkpoint: '30', from: phase }, { kind: 'validation' }],
  ['the first step as well', { checkpoint: '30', fresh: true }, { kind: 'validation' }],
  ['a phase without a checkpoint', { phase }, { kind: 'validation' }],
  ['a phase that has none', { checkpoint: '30', phase: 'evomerge' }, { code: 'checkpoint_not_found' }],
])('a fork that asks for %s is refused and leaves nothing', async (_, wish, refusal) => {
  const { id } = await endedRun();
  const before = [...ports.store.blobs.keys()];
  await expect(fork(id, wish)).rejects.toMatchObject(refusal);
  expect([...ports.store.blobs.keys()]).toEqual(before);
});

test('a step that two stages have is refused until its name tells which', async () => {
  const { id } = await endedRun();
  const sha256 = keep(id, 'base', null, 20);
  await expect(plan(id, { checkpoint: '20' })).rejects.toMatchObject({ code: 'checkpoint_ambiguous' });
  expect((await plan(id, { checkpoint: sha256 })).point).toMatchObject({ stage: 'base', step: 20 });
});

test('a fork of a fork keeps the history of both', async () => {
  const first = await endedRun();
  const second = await fork(first.id, { checkpoint: '10', ...LEARNING_RATE });
  keep(second.id, 'variants', 0, 25);
  const third = await fork(second.id, { checkpoint: '25', config: { cognate: { learning_rate: 0.01 } } });
  expect(begins(third)).toEqual(['base/null@10', 'variants/0@25']);
  const fourth = await fork(third.id, { checkpoint: '25', seed: 4 });
  const rates = fourth.origin?.checkpoint?.history.map(({ config }) => config.learning_rate);
  expect(rates).toEqual([0.001]);
});

test('a retry of a fork that failed begins where the fork did, under its settings', async () => {
  const { id } = await endedRun();
  const made = await fork(id, { checkpoint: '30', ...LEARNING_RATE });
  await start(made.id);
  await failPhase(ports, ADMIN, { runId: made.id, phase, error: 'numeric', cause: 'nan' });
  await finishRun(ports, ADMIN, { runId: made.id, outcome: 'FAILED' });
  for (const fresh of [false, true]) {
    const again = await copyRun(ports, ADMIN, made.id, {
      verb: 'retry',
      wish: { fresh },
      idempotencyKey: `again ${fresh}`,
    });
    expect(again.origin?.checkpoint).toEqual(made.origin?.checkpoint);
    await start(again.id);
    expect(taskOf(again.id, 'variants').resumeFrom).toEqual(taskOf(made.id, 'variants').resumeFrom);
    const kept = await listCheckpoints(ports, ADMIN, again.id);
    expect(kept.map(({ stage, index, step }) => `${stage}/${index}@${step}`).sort()).toEqual(begins(made));
  }
});

test('what went on under other settings is not taken for what ran under them alone, and is reused as itself', async () => {
  const { id } = await endedRun();
  const made = await fork(id, { checkpoint: '30', ...LEARNING_RATE });
  await start(made.id);
  leaveCognateResults(ports.store, made.id);
  await completePhase(ports, ADMIN, { runId: made.id, phase });
  const done = await finishRun(ports, ADMIN, { runId: made.id, outcome: 'SUCCEEDED' });
  expect(done.phases[0]?.fingerprint?.continuedFrom).toMatch(/^[0-9a-f]{64}$/);
  expect((await plan(made.id, { name: 'twig' })).decisions.phases[0]).toMatchObject({ decision: 'reuse' });
  expect((await plan(made.id, { seed: 5 })).point).toBeNull();
});
