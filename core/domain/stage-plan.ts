/** The stages of a phase with their sizes worked out, and which of them repeat together. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from './errors.ts';
import { phaseDefinition, type StageDefinition } from './phase.ts';

/** One step of a phase's plan: one job, an array of jobs, or the job that gathers what they left. */
export interface StagePlan extends Omit<StageDefinition, 'size' | 'repeat'> {
  /** How many jobs; 1 is a plain job. */
  readonly size: number;
  /** Name of the group that the stage repeats with; null where it runs once. */
  readonly repeat: string | null;
}

type Settings = Readonly<Record<string, unknown>>;

/** The plan under these settings. */
export function planStages(slug: PhaseSlug, settings: Settings = {}): readonly StagePlan[] {
  return phaseDefinition(slug).stages.map(({ size, repeat = null, ...stage }) => ({
    ...stage,
    size: sizeOf(slug, stage.name, size, settings),
    repeat,
  }));
}

function sizeOf(slug: PhaseSlug, stage: string, size: StageDefinition['size'], settings: Settings): number {
  const value = typeof size === 'number' ? size : settings[size.setting];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  const named = typeof size === 'number' ? '' : `, setting ${size.setting}`;
  throw new ForgeError(
    'bug',
    `Stage ${stage} of phase ${slug}${named}: its size is ${JSON.stringify(value)}, expected 1 to 10,000.`,
  );
}

/** How many jobs the plan has, with one round of each group. */
export function jobCount(stages: readonly StagePlan[]): number {
  return stages.reduce((sum, stage) => sum + stage.size, 0);
}

/** Why a list of stages is no plan; empty for a sound one. */
export function planProblems(stages: readonly StageDefinition[]): readonly string[] {
  return stages.flatMap(({ name, kind, repeat, reads }, position): string[] => {
    const next = stages[position + 1];
    const problems: string[] = [];
    if (repeat !== undefined && repeat !== next?.repeat) {
      if (kind !== 'reduce') problems.push(`${name} ends the group ${repeat} and is no reduce`);
      if (stages.slice(position + 1).some((later) => later.repeat === repeat))
        problems.push(`the group ${repeat} is not in one piece`);
    }
    for (const read of reads.filter((each) => each !== 'corpus' && each !== 'models')) {
      const found = stages.findIndex((stage) => stage.name === read);
      const later = found >= position && (repeat === undefined || stages[found]?.repeat !== repeat);
      if (found < 0 || later) problems.push(`${name} reads ${read}, which is no earlier stage`);
    }
    return problems;
  });
}
