/** How far a phase has come: the stages and rounds that an earlier execution finished and that still hold. */
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import {
  currentTurn,
  groupsOf,
  progressOf,
  type Rounds,
  roundOf,
  type Turn,
  withProgress,
} from '../../domain/rounds.ts';
import type { StagePlan } from '../../domain/stage-plan.ts';
import type { DescribeTask, StageRound } from './describe-tasks.ts';
import { type FinishedPorts, stageProgress } from './find-finished-stages.ts';

export interface Standing {
  readonly rounds: Rounds;
  readonly turn: Turn;
  /** Stages of the turn that have to run, each with its task. */
  readonly toRun: readonly { readonly place: StageRound; readonly task: TaskSpec }[];
}

/**
 * Stages in the order of the plan. What reads from a stage that runs again has to run again, so a group whose input
 * changes begins at its first round; otherwise it goes on after the last round that holds. Rounds before that one held
 * when it ran.
 */
export async function findStanding(
  ports: FinishedPorts,
  stages: readonly StagePlan[],
  recorded: Rounds,
  describe: DescribeTask,
): Promise<Standing> {
  let rounds: Rounds = [];
  for (const group of groupsOf(stages)) {
    const before = currentTurn(stages, rounds).stages.filter(({ repeat }) => repeat === null);
    const repeated = stages.filter(({ repeat }) => repeat === group);
    const known = progressOf(recorded, group);
    const anew = (await findMissing(ports, describe, rounds, before.map(once))).length > 0;
    const finished = anew ? 0 : await lastHolding(ports, describe, rounds, repeated, known.finished);
    const done = known.done && finished === known.finished;
    rounds = withProgress(rounds, { group, finished, done });
    if (done) continue;
    const places = [
      ...(finished === 0 ? before.map(once) : []),
      ...repeated.map((stage) => ({ stage, round: finished })),
    ];
    return {
      rounds,
      turn: currentTurn(stages, rounds),
      toRun: await findMissing(ports, describe, rounds, places),
    };
  }
  const turn = currentTurn(stages, rounds);
  return { rounds, turn, toRun: await findMissing(ports, describe, rounds, turn.stages.map(once)) };
}

function once(stage: StagePlan): StageRound {
  return { stage, round: null };
}

/** The places whose task has no good answer, or that read from one of those. */
async function findMissing(
  ports: FinishedPorts,
  describe: DescribeTask,
  rounds: Rounds,
  places: readonly StageRound[],
): Promise<Standing['toRun']> {
  const missing: { place: StageRound; task: TaskSpec }[] = [];
  for (const place of places) {
    const task = describe(place, rounds);
    const stands = !place.stage.reads.some((read) =>
      missing.some((each) => each.place.stage.name === read && read !== place.stage.name),
    );
    const progress = stands ? await stageProgress(ports, place, task) : 'none';
    if (progress === 'complete') continue;
    missing.push({ place, task: progress === 'partial' ? { ...task, reuse: true } : task });
  }
  return missing;
}

/** How many rounds hold, looked up from the last one backwards: nearly always the last one does. */
async function lastHolding(
  ports: FinishedPorts,
  describe: DescribeTask,
  rounds: Rounds,
  stages: readonly StagePlan[],
  finished: number,
): Promise<number> {
  for (let held = finished; held > 0; held -= 1) {
    const places = stages.map((stage) => ({ stage, round: held - 1 }));
    if ((await findMissing(ports, describe, rounds, places)).length === 0) return held;
  }
  return 0;
}

/** All stages of a turn that begins now, each with its task. */
export function wholeTurn(turn: Turn, describe: DescribeTask, rounds: Rounds): Standing['toRun'] {
  return turn.stages.map((stage) => {
    const place = { stage, round: roundOf(stage, turn) };
    return { place, task: describe(place, rounds) };
  });
}
