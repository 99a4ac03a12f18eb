/**
 * Rounds of stages that repeat together, and turns.
 *
 * A turn is what is submitted between two decisions: the stages up to the end of one round of a group, or those that
 * are left after the last group. How far a phase has come is the number of ended rounds per group.
 */
import type { StagePlan } from './stage-plan.ts';

export interface GroupProgress {
  readonly group: string;
  /** Rounds that have ended. */
  readonly finished: number;
  /** True when the last of them asked for no other. */
  readonly done: boolean;
}

export type Rounds = readonly GroupProgress[];

export interface Turn {
  /** Null once no group is left to repeat. */
  readonly group: string | null;
  readonly round: number | null;
  readonly stages: readonly StagePlan[];
}

/** A phase that always asks for another round has a defect; this is far beyond what any phase needs. */
export const MAX_ROUNDS = 10_000;

export function progressOf(rounds: Rounds, group: string): GroupProgress {
  return rounds.find((each) => each.group === group) ?? { group, finished: 0, done: false };
}

export function withProgress(rounds: Rounds, progress: GroupProgress): Rounds {
  return [...rounds.filter(({ group }) => group !== progress.group), progress];
}

/** Names of the groups, in the order of the plan. */
export function groupsOf(stages: readonly StagePlan[]): readonly string[] {
  return [...new Set(stages.flatMap(({ repeat }) => repeat ?? []))];
}

/** Where a phase stands. The first round of a group brings the stages before it along. */
export function currentTurn(stages: readonly StagePlan[], rounds: Rounds): Turn {
  const groups = groupsOf(stages);
  const group = groups.find((each) => !progressOf(rounds, each).done) ?? null;
  const before = group === null ? groups.at(-1) : groups[groups.indexOf(group) - 1];
  const begin = before === undefined ? 0 : stages.findLastIndex(({ repeat }) => repeat === before) + 1;
  if (group === null) return { group, round: null, stages: stages.slice(begin) };
  const round = progressOf(rounds, group).finished;
  const end = stages.findLastIndex(({ repeat }) => repeat === group) + 1;
  const repeated = stages.filter(({ repeat }) => repeat === group);
  return { group, round, stages: round === 0 ? stages.slice(begin, end) : repeated };
}

/** What a state machine hands back, so that a repeated call is known as one. */
export function turnName({ group, round }: Pick<Turn, 'group' | 'round'>): string {
  return group === null ? 'last' : `${group}/${round}`;
}

/** The round that a stage runs in during a turn; null where it runs once. */
export function roundOf(stage: StagePlan, { group, round }: Pick<Turn, 'group' | 'round'>): number | null {
  return stage.repeat !== null && stage.repeat === group ? round : null;
}

/**
 * Which round of a stage another one reads: of its own group an earlier stage gives this round, itself and a later one
 * the round before; a group that has ended gives its last round. -1 is the round before the first.
 */
export function roundRead(
  stages: readonly StagePlan[],
  reader: { readonly stage: StagePlan; readonly round: number | null },
  read: StagePlan,
  rounds: Rounds,
): number | null {
  if (read.repeat === null) return null;
  if (read.repeat !== reader.stage.repeat || reader.round === null) {
    return progressOf(rounds, read.repeat).finished - 1;
  }
  const place = ({ name }: StagePlan) => stages.findIndex((stage) => stage.name === name);
  return place(read) < place(reader.stage) ? reader.round : reader.round - 1;
}

/** Rounds of a stage keep one series of checkpoints where one job after the other goes on from it: in the last stage. */
export function sharesCheckpoints(stages: readonly StagePlan[], stage: StagePlan): boolean {
  return stages.findLast(({ repeat }) => repeat === stage.repeat)?.name === stage.name;
}
