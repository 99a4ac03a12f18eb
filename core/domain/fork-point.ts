/** The checkpoint that a run was forked from: where its jobs begin, and under which settings what lies before it stood. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import { checkpointPrefix } from './blob-key.ts';
import { ForgeError } from './errors.ts';
import type { FingerprintPart } from './fingerprint.ts';
import type { Ulid } from './ids.ts';
import { phaseDefinition } from './phase.ts';
import { type Threads, threadsOf } from './threads.ts';

/** A checkpoint that lies below a run's prefix. A forked run has copies of those it began at. */
export interface KeptCheckpoint {
  readonly phase: PhaseSlug;
  readonly stage: string;
  /** The job of the stage; null where it has a single one. */
  readonly index: number | null;
  readonly step: number;
  /** Of its manifest. Its beginning is a name for it. */
  readonly sha256: string;
  readonly bytes: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly best: boolean;
  readonly at: string;
  /** The run that took it. */
  readonly takenBy: Ulid;
  /** Whether all of its files are there. */
  readonly there: boolean;
}

export type JobBegin = Pick<KeptCheckpoint, 'stage' | 'index' | 'step' | 'sha256'>;

export interface ForkPoint {
  readonly phase: PhaseSlug;
  readonly stage: string;
  readonly step: number;
  /** The run whose checkpoints these are. */
  readonly run: Ulid;
  /** Where jobs begin; those of the stages before too, so that they give again what the checkpoint builds on. */
  readonly begins: readonly JobBegin[];
  /** In what the checkpoint's settings differ from those that it goes on with. */
  readonly accepted: readonly FingerprintPart[];
  /** What each stage before the checkpoint's runs under: what it ran under when the checkpoint was taken. */
  readonly history: readonly StageSettings[];
}

export interface StageSettings {
  readonly stage: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads: number;
}

/** Fewer digits of a hash are no name. */
const SHORTEST_NAME = 8;

/**
 * The point in a run that a reference means.
 *
 * @param reference a step, or the beginning of the SHA-256 of a checkpoint
 */
export function findPoint(
  kept: readonly KeptCheckpoint[],
  reference: string,
  run: Ulid,
): Pick<KeptCheckpoint, 'phase' | 'stage' | 'step'> {
  const named = kept.filter(
    ({ step, sha256 }) =>
      String(step) === reference || (reference.length >= SHORTEST_NAME && sha256.startsWith(reference)),
  );
  const [first] = named;
  if (first === undefined) {
    const there = [...new Set(kept.map(({ stage, step }) => `${stage} ${step}`))].slice(0, 20).join(', ');
    throw new ForgeError('not_found', `Run ${run} has no checkpoint "${reference.slice(0, 70)}".`, {
      code: 'checkpoint_not_found',
      hint: there === '' ? 'It keeps none.' : `It keeps: ${there}. See: forge runs checkpoints ${run}`,
    });
  }
  const places = [...new Set(named.map(({ phase, stage, step }) => `${phase}/${stage} step ${step}`))];
  if (places.length > 1) {
    throw new ForgeError(
      'validation',
      `"${reference}" names more than one checkpoint: ${places.join(', ')}.`,
      {
        code: 'checkpoint_ambiguous',
        hint: 'Name the phase, or give the first digits of the SHA-256 instead of the step.',
      },
    );
  }
  const { phase, stage, step } = first;
  const stages = phaseDefinition(phase).stages;
  const at = stages.findIndex(({ name }) => name === stage);
  // A round needs the results of the rounds before, and those are another run's.
  if (at >= 0 && stages.slice(0, at + 1).every(({ repeat }) => repeat === undefined)) {
    return { phase, stage, step };
  }
  const why = at < 0 ? 'is none of the phase any more' : 'runs in rounds, or comes after stages that do';
  throw new ForgeError('conflict', `Stage ${stage} of phase ${phase} ${why}.`, {
    code: 'checkpoint_of_round',
    hint: `Repeat the phase instead: forge runs fork ${run} --from ${phase}`,
  });
}

/** Each job of the stage begins at its newest checkpoint up to the step; those of the stages before at their newest. */
export function beginsOf(
  kept: readonly KeptCheckpoint[],
  { phase, stage, step }: Pick<KeptCheckpoint, 'phase' | 'stage' | 'step'>,
): readonly JobBegin[] {
  const stages = phaseDefinition(phase).stages.map(({ name }) => name);
  const last = stages.indexOf(stage);
  const newest = new Map<string, KeptCheckpoint>();
  for (const one of kept) {
    const position = stages.indexOf(one.stage);
    const isBefore = position >= 0 && (position < last || (position === last && one.step <= step));
    const job = `${one.stage}/${one.index}`;
    if (one.phase !== phase || !one.there || !isBefore) continue;
    if ((newest.get(job)?.step ?? -1) < one.step) newest.set(job, one);
  }
  return [...newest.values()].map((one) => ({
    stage: one.stage,
    index: one.index,
    step: one.step,
    sha256: one.sha256,
  }));
}

/** The name of a manifest below the checkpoints of a run. */
export function manifestKey(run: Ulid, phase: PhaseSlug, { stage, index, step, sha256 }: JobBegin): string {
  const job = index === null ? '' : `${index}/`;
  const name = `${String(step).padStart(10, '0')}-${sha256}`;
  return `${checkpointPrefix(run, phase, stage)}${job}manifests/${name}.json`;
}

/** Says to the jobs of the run that lends a checkpoint that it has to stay. */
export function pinKey(run: Ulid, phase: PhaseSlug, begin: JobBegin): string {
  const key = manifestKey(run, phase, begin);
  return `${key.slice(0, key.lastIndexOf('manifests/'))}pins/${begin.sha256}`;
}

interface RunSettings {
  readonly config: Readonly<Partial<Record<PhaseSlug, Readonly<Record<string, unknown>>>>>;
  readonly seed: number;
  readonly threads: Threads;
}

/** What the stages before a checkpoint ran under in the run that keeps it, which may have been forked itself. */
export function historyOf(
  settings: RunSettings,
  before: ForkPoint | null | undefined,
  { phase, stage }: Pick<KeptCheckpoint, 'phase' | 'stage'>,
): readonly StageSettings[] {
  const stages = phaseDefinition(phase).stages.map(({ name }) => name);
  const own = {
    config: settings.config[phase] ?? {},
    seed: settings.seed,
    threads: threadsOf(settings, phase),
  };
  return stages.slice(0, stages.indexOf(stage)).map((name) => {
    const inherited = before?.phase === phase ? before.history.find((one) => one.stage === name) : undefined;
    return inherited ?? { stage: name, ...own };
  });
}

/** Settings that the first stage of a phase decides for all later ones: the model's shape, and what text it reads. */
const DECIDED_FIRST: Partial<Record<PhaseSlug, readonly string[]>> = {
  cognate: [
    ...['d_model', 'num_layers', 'num_heads', 'd_ff', 'vocab_size', 'window', 'subln', 'base_fraction'],
    ...['act_enabled', 'act_n_max', 'act_eps', 'act_halt_bias', 'ltm_enabled', 'ltm_dim', 'ltm_depth'],
    ...['ltm_chunk', 'ltm_conv', 'ltm_persistent', 'tokenizer_bytes', 'train_tokens', 'held_out_tokens'],
    'held_out_every',
  ],
};

/** Throws where a fork would change what a stage before its checkpoint has decided: the change would do nothing. */
export function requireEffective(
  { phase, stage, history }: Pick<ForkPoint, 'phase' | 'stage' | 'history'>,
  config: Readonly<Record<string, unknown>>,
): void {
  const then = history[0]?.config;
  if (then === undefined) return;
  const late = (DECIDED_FIRST[phase] ?? []).filter((name) => then[name] !== config[name]);
  if (late.length === 0) return;
  throw new ForgeError('validation', `Before stage ${stage} it was decided: ${late.join(', ')}.`, {
    code: 'decided_before_checkpoint',
    hint: `Leave it as it was, or fork from a checkpoint of stage ${history[0]?.stage}.`,
    problems: late.map((name) => ({
      pointer: `/config/${phase}/${name}`,
      code: 'decided_before_checkpoint',
      message: `was ${JSON.stringify(then[name])} when the checkpoint was taken`,
    })),
  });
}

/** What the task of a stage says otherwise because the run was forked from a checkpoint. */
export function forkedTask(
  point: ForkPoint | null | undefined,
  phase: PhaseSlug,
  stage: string,
): Partial<Pick<TaskSpec, 'config' | 'seed' | 'threads' | 'resumeFrom'>> {
  if (point?.phase !== phase) return {};
  const past = point.history.find((one) => one.stage === stage);
  const begins = point.begins.filter((begin) => begin.stage === stage);
  const resumeFrom = begins.map(({ index, step, sha256 }) => ({ index, step, sha256, acceptSettings: true }));
  return {
    ...(past ? { config: { ...past.config }, seed: past.seed, threads: past.threads } : {}),
    ...(resumeFrom.length === 0 ? {} : { resumeFrom }),
  };
}
