/** Rounds over the real machines: any number of them, in executions that each stay small. */
import { TaskError } from '#local/asl/tasks.ts';
import {
  EXECUTION,
  largestPayload,
  type Ran,
  runPipeline,
  stage,
  started,
  worldWith,
} from './run-pipeline.ts';

const MAX_PAYLOAD = 16 * 1024;
const MAX_EVENTS = 1000;

/** A phase that asks for `rounds` rounds of an array of eight and a reduce, and a last stage; it knows where it stands. */
function generations(rounds: number, failing: ReadonlySet<number> = new Set()) {
  let ended = 0;
  const failed = new Set<number>();
  const submit = () =>
    ended < rounds
      ? { turn: `generations/${ended}`, stages: [stage(`score-${ended}`, 8), stage(`select-${ended}`)] }
      : { turn: 'last', stages: [stage('report')] };
  const world = worldWith({
    functions: {
      'prepare-run': () => ({ phases: ['evomerge', 'quiet-star'] }),
      'start-phase': ({ phase = '' }) =>
        phase === 'evomerge' ? { attempt: 1, ...submit() } : started([stage('train')]),
      'complete-phase': ({ turn = '' }) => {
        if (turn === 'last') return { outcome: 'done', models: [], gates: { passed: 0, failed: 0 } };
        // A repeated call for the same turn would end no second one.
        if (turn === `generations/${ended}`) ended += 1;
        return { outcome: 'again', ...submit() };
      },
      'fail-phase': () => ({ action: 'retry', waitSeconds: 2, error: 'lost', cause: 'c'.repeat(1000) }),
    },
    job: ({ JobName, Tags }) => {
      const name = Tags['forge-stage'] ?? '';
      const round = Number(name.split('-')[1]);
      if (name.startsWith('select') && failing.has(round) && !failed.has(round)) {
        failed.add(round);
        throw new TaskError('States.TaskFailed', 'x'.repeat(8000));
      }
      return { JobId: JobName, Status: 'SUCCEEDED', Padding: 'p'.repeat(8000) };
    },
  });
  return { world, ended: () => ended };
}

function sizes({ histories }: Ran): readonly number[] {
  const all = [...histories.values()];
  expect(Math.max(...all.map(largestPayload))).toBeLessThanOrEqual(MAX_PAYLOAD);
  return all.map((events) => events.length);
}

describe('a phase of many rounds', () => {
  it.each([
    [1, 1],
    [19, 1],
    [20, 2],
    [50, 3],
    [500, 26],
  ])('%i of them take %i executions of fewer than 1,000 events each', async (rounds, executions) => {
    const { world, ended } = generations(rounds);
    const ran = await runPipeline(world);
    expect(ran.description.status).toBe('SUCCEEDED');
    expect(ended()).toBe(rounds);
    expect(ran.jobs).toHaveLength(rounds * 2 + 2);
    const names = [...ran.histories.keys()].filter((name) => name.includes('-evomerge'));
    expect(names).toEqual(
      Array.from({ length: executions }, (_, part) => `${EXECUTION}-evomerge${part === 0 ? '' : `-${part}`}`),
    );
    expect(Math.max(...sizes(ran))).toBeLessThan(MAX_EVENTS);
  });

  it('of 50 generations has fewer than 1,000 events over the pipeline and any one of its executions', async () => {
    const ran = await runPipeline(generations(50).world);
    const pipeline = ran.histories.get(EXECUTION)?.length ?? 0;
    for (const events of sizes(ran)) expect(pipeline + events).toBeLessThan(MAX_EVENTS);
  });

  it('tells StartPhase which part it is, so that a hand-over is no new attempt', async () => {
    const ran = await runPipeline(generations(50).world);
    const parts = ran.payloads
      .filter(({ name }) => name === 'start-phase')
      .map(({ payload }) => [payload.phase, payload.part]);
    expect(parts).toEqual([
      ['evomerge', 0],
      ['evomerge', 1],
      ['evomerge', 2],
      ['quiet-star', 0],
    ]);
  });

  it('goes on at the round in which a job was lost', async () => {
    const { world, ended } = generations(30, new Set([3, 25]));
    const ran = await runPipeline(world);
    expect([ran.description.status, ended()]).toEqual(['SUCCEEDED', 30]);
    const stages = ran.jobs.map(({ Tags }) => Tags['forge-stage']);
    expect(stages.filter((name) => name === 'score-2')).toHaveLength(1);
    expect(stages.filter((name) => name === 'select-3')).toHaveLength(2);
    expect(stages.filter((name) => name === 'select-25')).toHaveLength(2);
    expect(Math.max(...sizes(ran))).toBeLessThan(MAX_EVENTS);
  });
});
