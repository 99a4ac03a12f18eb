/** What a run costs in machine hours: the hours of its phases, measured or assumed, times the prices of its machines. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import presets from '#contracts/presets.json' with { type: 'json' };
import type { PriceTable } from '#contracts/source/prices.ts';
import type { StageConfig } from '../config/stage-config.ts';
import assumptions from './assumptions.json' with { type: 'json' };

export type Range = readonly [low: number, high: number];

export interface PhaseCost {
  readonly phase: string;
  readonly hours: Range;
  readonly usd: Range;
  readonly because: string;
}

export interface RunCost {
  readonly name: string;
  /** `assumed`: no run on AWS has been measured. */
  readonly basis: 'assumed';
  readonly usdPerHour: Range;
  readonly phases: readonly PhaseCost[];
  readonly usd: Range;
}

/** Seconds of each phase's jobs, as a report of a run gives them. */
export type JobSeconds = Readonly<Record<string, readonly number[]>>;

interface PhaseHours {
  readonly phase: string;
  readonly hours: Range;
  readonly because: string;
}

const { run } = assumptions;
const SECONDS = 3600;
/** FLOP per parameter and token: forward and backward (Kaplan et al., 2020, section 2.1), and forward alone. */
const TRAINING_FLOP = 6;
const READING_FLOP = 2;

/** Cheapest and dearest GPU machine of the stage that was priced: Spot where there is a price of it, else on demand. */
function gpuPrice({ compute }: StageConfig, prices: PriceTable): Range {
  const found = compute.gpuInstanceTypes.map((type) => {
    const facts = prices.instances[type];
    if (!facts) throw new Error(`contracts/prices.json has no instance ${type}; add it with its price.`);
    const { spotUsdPerHour, onDemandUsdPerHour } = facts;
    return { low: spotUsdPerHour?.[0] ?? onDemandUsdPerHour, high: onDemandUsdPerHour };
  });
  return [Math.min(...found.map(({ low }) => low)), Math.max(...found.map(({ high }) => high))];
}

/** Every phase takes one start of a machine; interruptions repeat a share of the work. */
function withOverhead({ phase, hours: [low, high], because }: PhaseHours): PhaseHours {
  const start = run.startSeconds.value / SECONDS;
  return { phase, because, hours: [low + start, high * (1 + run.lostShare.value) + start] };
}

function priced(name: string, phases: readonly PhaseHours[], usdPerHour: Range): RunCost {
  const lines = phases.map(withOverhead).map((line) => ({
    ...line,
    usd: [line.hours[0] * usdPerHour[0], line.hours[1] * usdPerHour[1]] as const,
  }));
  const sum = (end: 0 | 1) => lines.reduce((total, { usd }) => total + usd[end], 0);
  return { name, basis: 'assumed', usdPerHour, phases: lines, usd: [sum(0), sum(1)] };
}

/** The demo: a GPU machine is assumed to take no longer than the two CPU cores that were measured. */
function demo(seconds: JobSeconds): readonly PhaseHours[] {
  return Object.entries(seconds).map(([phase, each]) => {
    const hours = each.reduce((sum, value) => sum + value, 0) / SECONDS;
    return { phase, hours: [hours, hours], because: `${each.length} jobs as measured on two CPU cores` };
  });
}

interface Steps {
  readonly steps: number;
  readonly batch_size: number;
  readonly seq_len: number;
}

const sizes = presets.presets.find(({ name }) => name === 'base-25m')?.config as
  | (Readonly<Record<string, Steps>> & {
      readonly evomerge: Readonly<
        Record<'generations' | 'population' | 'finalists' | 'screen_tokens' | 'rescore_tokens', number>
      >;
    })
  | undefined;

function hoursOf(tokens: number, flop: number, factor: Range): Range {
  const [slow, fast] = run.sustainedTflops.value as [number, number];
  const at = (tflops: number, times: number) =>
    (tokens * flop * run.parameters.value * times) / (tflops * 1e12) / SECONDS;
  return [at(fast, factor[0]), at(slow, factor[1])];
}

/** Tokens that a phase reads while it trains, and how many times the work of one step each of them takes. */
function workOf(phase: string): { tokens: number; factor: Range } {
  const { steps = 0, batch_size = 0, seq_len = 0 } = sizes?.[phase] ?? {};
  const tokens = steps * batch_size * seq_len;
  // Half of the steps once for the base, the other half for each of three variants.
  if (phase === 'cognate') return { tokens: 2 * tokens, factor: run.ponderFactor.value as [number, number] };
  if (phase === 'quiet-star') return { tokens, factor: [1, run.thoughtFactor.value] };
  return { tokens, factor: [1, 1] };
}

function base25m(): readonly PhaseHours[] {
  if (!sizes) throw new Error('contracts/presets.json has no preset base-25m.');
  const { generations, population, finalists, screen_tokens, rescore_tokens } = sizes.evomerge;
  return Object.keys(sizes)
    .filter((phase) => Object.hasOwn(jobs.phases, phase))
    .map((phase) => {
      if (phase === 'evomerge') {
        const tokens =
          (generations ?? 0) *
          ((population ?? 0) * (screen_tokens ?? 0) + (finalists ?? 0) * (rescore_tokens ?? 0));
        return { phase, hours: hoursOf(tokens, READING_FLOP, [1, 1]), because: `${tokens} tokens read` };
      }
      const { tokens, factor } = workOf(phase);
      return { phase, hours: hoursOf(tokens, TRAINING_FLOP, factor), because: `${tokens} tokens trained on` };
    });
}

/** @param demoSeconds of the committed report of the demo */
export function runCosts(
  config: StageConfig,
  prices: PriceTable,
  demoSeconds: JobSeconds,
): readonly RunCost[] {
  const usdPerHour = gpuPrice(config, prices);
  return [priced('demo', demo(demoSeconds), usdPerHour), priced('base-25m', base25m(), usdPerHour)];
}
