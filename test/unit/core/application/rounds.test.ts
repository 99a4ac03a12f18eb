/** Phases whose stages repeat, through the real use cases: what is submitted, read and recorded, and after what crash. */
import { type Completion, completePhase, type GoesOn } from '#core/application/commands/complete-phase.ts';
import { copyRun, planCopy } from '#core/application/commands/copy-run.ts';
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { type StartedPhase, startPhase } from '#core/application/commands/start-phase.ts';
import { phaseRecord, type Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveRound, planGenerations, readTask, runAtGenerations } from '#test/support/toy-generations.ts';

planGenerations();

const phase = 'evomerge';
const DONE = { outcome: 'done', models: [], gates: { passed: 0, failed: 0 } };

async function world(): Promise<{ ports: MemoryPorts; id: string; execution: string }> {
  const ports = memoryPorts();
  const { id, executions } = await runAtGenerations(ports);
  return { ports, id, execution: executions[0] ?? '' };
}

type World = Awaited<ReturnType<typeof world>>;

const begin = ({ ports, id, execution }: World, part = 0): Promise<StartedPhase> =>
  startPhase(ports, ADMIN, { runId: id, phase, execution, part });
const complete = ({ ports, id, execution }: World, turn: string): Promise<Completion> =>
  completePhase(ports, ADMIN, { runId: id, phase, execution, turn });
const runOf = async ({ ports, id }: World): Promise<Run> => (await ports.runs.get(ADMIN.tenant, id)) as Run;

/** Walks until the phase is complete or `until` rounds have ended; the names of the jobs that ran. */
async function walk(there: World, rounds: number, until = Number.POSITIVE_INFINITY): Promise<string[]> {
  let now: Pick<GoesOn, 'turn' | 'stages'> = await begin(there);
  const ran: string[] = [];
  for (let turns = 0; turns < until; turns += 1) {
    ran.push(...now.stages.map(({ jobName }) => jobName.slice(there.execution.length + 1)));
    leaveRound(there.ports, now, rounds);
    const answer = await complete(there, now.turn);
    if (answer.outcome === 'done') break;
    now = answer;
  }
  return ran;
}

function countReads(ports: MemoryPorts): () => number {
  let count = 0;
  const { read } = ports.blobs;
  Object.assign(ports.blobs, {
    read: (key: string) => {
      count += 1;
      return read(key);
    },
  });
  return () => count;
}

describe('a phase whose stages repeat', () => {
  test('runs the stages before once, the group round after round, and the stages after it at the end', async () => {
    const there = await world();
    expect(await walk(there, 2)).toEqual([
      'evomerge-prepare-1',
      'evomerge-score-r0-1',
      'evomerge-select-r0-1',
      'evomerge-score-r1-1',
      'evomerge-select-r1-1',
      'evomerge-report-1',
    ]);
    const record = phaseRecord(await runOf(there), phase);
    expect(record).toMatchObject({
      status: 'succeeded',
      attempts: 1,
      rounds: [{ group: 'generations', finished: 2, done: true }],
    });
  });

  test('hands each stage the round that it may read, and says where there is none', async () => {
    const there = await world();
    await walk(there, 2);
    const inputs = (stage: string) => {
      const key = `runs/${there.id}/evomerge/${stage}.task.json`;
      return readTask(there.ports, there.ports.blobs.uri(key)).inputs.flatMap((input) =>
        input.kind === 'stage' ? [`${input.name} ${input.uri?.split('/evomerge/')[1] ?? 'absent'}`] : [],
      );
    };
    expect(inputs('score.r0')).toEqual(['prepare prepare/', 'select absent']);
    expect(inputs('score.r1')).toEqual(['prepare prepare/', 'select select/r0/']);
    expect(inputs('select.r0')).toEqual(['prepare prepare/', 'score score/r0/', 'select absent']);
    expect(inputs('select.r1')).toEqual(['prepare prepare/', 'score score/r1/', 'select select/r0/']);
    expect(inputs('report')).toEqual(['select select/r1/']);
  });

  test('keeps checkpoints of scoring per round and those of selecting in one series', async () => {
    const there = await world();
    const { stages } = await begin(there);
    const tasks = stages.map(({ task }) => readTask(there.ports, task));
    expect(tasks.map(({ stage, checkpoints }) => [stage.round, checkpoints.split('/evomerge/')[1]])).toEqual([
      [undefined, 'prepare/'],
      [0, 'score/r0/'],
      [0, 'select/'],
    ]);
  });

  test('records the figures and durations of every round once', async () => {
    const there = await world();
    await walk(there, 3);
    const metrics = await there.ports.metrics.list(ADMIN.tenant, there.id, { phase });
    const counted = (name: string) => metrics.filter((metric) => metric.name === name);
    expect(counted('select/value').map(({ value, round }) => [value, round])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(counted('select/job_seconds')).toHaveLength(3);
    expect(counted('score-1/job_seconds').map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
    const events = await there.ports.events.read(ADMIN.tenant, there.id, 0, 1000);
    expect(events.filter(({ type }) => type === 'RoundCompleted').map(({ data }) => data)).toEqual([
      { group: 'generations', round: 0, again: true },
      { group: 'generations', round: 1, again: true },
      { group: 'generations', round: 2, again: false },
    ]);
  });

  test('reads each result a fixed number of times, however many rounds there are', async () => {
    const reads: number[] = [];
    for (const rounds of [20, 200]) {
      const there = await world();
      const count = countReads(there.ports);
      await walk(there, rounds);
      reads.push(count() / rounds);
    }
    const [few = 0, many = 0] = reads;
    expect(many).toBeLessThanOrEqual(few);
    expect(many).toBeLessThan(5);
  });
});

describe('a phase that was interrupted between its rounds', () => {
  test.each([0, 1, 2, 3])(
    'after %i of four turns goes on without running one of them again',
    async (until) => {
      const there = await world();
      const before = await walk(there, 3, until);
      // Whoever asks again, without new jobs: a repeated start, or the same execution after a crash.
      const answer = await begin(there);
      expect(answer.turn).toBe(until === 3 ? 'last' : `generations/${until}`);
      const after = await walk(there, 3);
      const stages = (names: readonly string[]) => names.map((name) => name.replace(/-\d+$/, ''));
      expect([...stages(before), ...stages(after)]).toEqual(stages(await walk(await world(), 3)));
    },
  );

  test('goes on in the middle of a round whose first stage had ended', async () => {
    const there = await world();
    await walk(there, 3, 1);
    const now = await begin(there);
    leaveRound(there.ports, { stages: now.stages.slice(0, 1) }, 3);
    expect((await begin(there)).stages.map(({ name }) => name)).toEqual(['select']);
  });

  test('begins at the first round again when what all rounds read has to run again', async () => {
    const there = await world();
    await walk(there, 3, 2);
    there.ports.store.blobs.delete(`staging/${there.id}/evomerge/prepare/result.json`);
    const { turn, stages } = await begin(there);
    expect([turn, stages.map(({ name }) => name)]).toEqual(['generations/0', ['prepare', 'score', 'select']]);
    expect(phaseRecord(await runOf(there), phase).rounds).toEqual([
      { group: 'generations', finished: 0, done: false },
    ]);
  });

  test('goes back to the last round that holds when a later result was lost', async () => {
    const there = await world();
    await walk(there, 5, 3);
    there.ports.store.blobs.delete(`staging/${there.id}/evomerge/select/r2/result.json`);
    const { turn, stages } = await begin(there);
    expect([turn, stages.map(({ name }) => name)]).toEqual(['generations/2', ['select']]);
  });

  test('answers a completion that is asked for twice in the same way, and records nothing twice', async () => {
    const there = await world();
    const first = await begin(there);
    leaveRound(there.ports, first, 3);
    const [one, two] = await Promise.all([complete(there, first.turn), complete(there, first.turn)]);
    expect(two).toEqual(one);
    expect(await complete(there, first.turn)).toEqual(one);
    expect(phaseRecord(await runOf(there), phase).rounds).toEqual([
      { group: 'generations', finished: 1, done: false },
    ]);
  });

  test('counts tries per round, and a hand-over to a further execution as none', async () => {
    const there = await world();
    const failure = { runId: there.id, phase, error: 'lost', cause: '' } as const;
    const fail = () => failPhase(there.ports, ADMIN, failure);
    // Two tries are lost in the first round, then it ends.
    for (let tries = 0; tries < 2; tries += 1) {
      await begin(there);
      expect((await fail()).action).toBe('retry');
    }
    await walk(there, 5, 1);
    expect((await begin(there, 1)).attempt).toBe(3);
    // The next round has its tries anew.
    expect((await fail()).action).toBe('retry');
    await begin(there);
    expect((await fail()).action).toBe('retry');
    await begin(there);
    expect((await fail()).action).toBe('fail');
  });
});

describe('a retry of a phase that failed between its rounds', () => {
  test('begins at the first round, and is announced as that', async () => {
    const there = await world();
    await walk(there, 3, 2);
    const key = `checkpoints/${there.id}/evomerge/select/manifests/0000000001-${'a'.repeat(64)}.json`;
    there.ports.store.blobs.set(key, new TextEncoder().encode('{}'));
    await finishRun(there.ports, ADMIN, { runId: there.id, outcome: 'FAILED' });
    const request = { verb: 'retry', wish: {} } as const;
    const { decisions } = await planCopy(there.ports, ADMIN, there.id, request);
    expect(decisions.phases.find((each) => each.phase === phase)).toMatchObject({
      decision: 'rerun',
      checkpoints: 1,
      reason:
        `It is failed in run ${there.id}. It begins again at the first round of generations, though 2 had ended. ` +
        'Its jobs go on from their checkpoints; a stage that had ended is repeated from its last one.',
    });
    const made = await copyRun(there.ports, ADMIN, there.id, { ...request, idempotencyKey: 'again' });
    const again = { ...there, id: made.id, execution: made.executions[0] ?? '' };
    await prepareRun(there.ports, ADMIN, made.id);
    const { turn, stages } = await begin(again);
    expect([turn, stages.map(({ name }) => name)]).toEqual(['generations/0', ['prepare', 'score', 'select']]);
  });
});

describe('a result that belongs to another round', () => {
  test('is refused, and nothing is recorded', async () => {
    const there = await world();
    const first = await begin(there);
    leaveRound(there.ports, first, 3);
    const key = `staging/${there.id}/evomerge/select/r0/result.json`;
    const manifest = JSON.parse(new TextDecoder().decode(there.ports.store.blobs.get(key)));
    there.ports.store.blobs.set(key, new TextEncoder().encode(JSON.stringify({ ...manifest, round: 4 })));
    await expect(complete(there, first.turn)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('says round 4; what belongs there is 0'),
    });
    expect(phaseRecord(await runOf(there), phase).rounds).toMatchObject([{ finished: 0 }]);
    const recorded = await there.ports.metrics.list(ADMIN.tenant, there.id, { phase });
    expect(recorded).toEqual([]);
  });
});

test('the phase is complete under the same answer however it is asked', async () => {
  const there = await world();
  await walk(there, 1);
  for (const turn of ['generations/0', 'last']) expect(await complete(there, turn)).toEqual(DONE);
});
