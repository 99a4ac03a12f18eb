/** What is running at this moment, as the events of a run tell it. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { FINAL_EVENT_TYPES } from '#contracts/source/event-types.ts';

/** One job of a stage: a plain job, or one child of an array. */
export interface JobProgress {
  readonly phase: string;
  readonly stage: string;
  readonly index: number | null;
  readonly fraction: number;
  readonly step: number | null;
  readonly steps: number | null;
  readonly etaSeconds: number | null;
  readonly loss: number | null;
  /** What the job is doing, in its own words. */
  readonly message: string;
}

const numberAt = (data: ForgeEvent['data'], key: string): number | null => {
  const value = data[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};
const textAt = (data: ForgeEvent['data'], key: string): string | null =>
  typeof data[key] === 'string' ? (data[key] as string) : null;

const keyOf = (phase: string, stage: string, index: number | null): string =>
  `${phase}/${stage}/${index ?? ''}`;

/** `cognate/variants[2]` */
export function jobLabel({ phase, stage, index }: Pick<JobProgress, 'phase' | 'stage' | 'index'>): string {
  return `${phase}/${stage}${index === null ? '' : `[${index}]`}`;
}

export interface Spent {
  readonly usd: number;
  readonly capUsd: number | null;
}

export interface ProgressState {
  apply(event: ForgeEvent): void;
  /** What the run has cost and may cost; null where nothing is paid and nothing is capped. */
  spent(): Spent | null;
  /** Jobs at work, in the order they were first heard of. */
  running(): readonly JobProgress[];
}

function freshJob(phase: string, stage: string, index: number | null): JobProgress {
  return {
    phase,
    stage,
    index,
    fraction: 0,
    step: null,
    steps: null,
    etaSeconds: null,
    loss: null,
    message: '',
  };
}

/** What a progress event adds; what it does not say stays as it was. */
function advance(job: JobProgress, { type, data }: ForgeEvent): JobProgress {
  if (type === 'training_metrics') return { ...job, loss: numberAt(data, 'loss') ?? job.loss };
  const step = numberAt(data, 'step');
  const steps = numberAt(data, 'steps');
  const fraction = numberAt(data, 'fraction') ?? (step !== null && steps ? step / steps : job.fraction);
  const message = textAt(data, 'message') ?? job.message;
  return { ...job, step, steps, message, etaSeconds: numberAt(data, 'etaSeconds'), fraction };
}

const PROGRESS: ReadonlySet<string> = new Set(['phase_progress', 'training_metrics', 'compression_progress']);
const PHASE_ENDS: ReadonlySet<string> = new Set([
  'PhaseCompleted',
  'PhaseFailed',
  'PhaseRetried',
  'PhaseStarted',
]);
const RUN_ENDS: ReadonlySet<string> = new Set([...FINAL_EVENT_TYPES, 'RunPaused']);

export function createProgressState(): ProgressState {
  const jobs = new Map<string, JobProgress>();
  let spent: Spent | null = null;
  const forget = (matches: (job: JobProgress) => boolean) => {
    for (const [key, job] of jobs) if (matches(job)) jobs.delete(key);
  };
  return {
    apply(event) {
      const { type, phase, data } = event;
      if (RUN_ENDS.has(type)) jobs.clear();
      const usd = numberAt(data, 'spentUsd');
      if (usd !== null) spent = { usd, capUsd: numberAt(data, 'capUsd') };
      if (phase === null) return;
      if (PHASE_ENDS.has(type)) forget((job) => job.phase === phase);
      const stage = textAt(data, 'stage');
      if (stage === null) return;
      const index = numberAt(data, 'index');
      const key = keyOf(phase, stage, index);
      if (type === 'JobFinished') jobs.delete(key);
      if (!PROGRESS.has(type) && type !== 'JobStarted') return;
      // Stages of a phase follow each other: when one speaks, the one before it has ended.
      forget((job) => job.phase === phase && job.stage !== stage);
      const job = jobs.get(key) ?? freshJob(phase, stage, index);
      jobs.set(key, PROGRESS.has(type) ? advance(job, event) : job);
    },
    spent: () => spent,
    running: () => [...jobs.values()],
  };
}
