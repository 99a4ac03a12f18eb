/**
 * How much a phase has to compute, from its settings: operations, tokens and memory. Six operations per parameter and
 * token forward and backward, two forward alone (Kaplan et al. 2020, section 2.1); what attention adds is left out.
 */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { planStages } from '../stage-plan.ts';

export interface PhaseWorkload {
  readonly phase: PhaseSlug;
  /** What one job has to do alone, and what `width` jobs share. Low and high: some phases think as long as they need. */
  readonly serialFlop: Range;
  readonly sharedFlop: Range;
  readonly width: number;
  readonly tokens: number;
  readonly parameters: number;
  /** Of the accelerator, or of the machine where there is none. */
  readonly memoryMiB: number;
  readonly because: string;
}

export type Range = readonly [low: number, high: number];
type Settings = Readonly<Record<string, unknown>>;

const TRAINING = 6;
const READING = 2;
const MIB = 2 ** 20;
/** Weight, gradient, two moments of Adam and the mean of Grokfast, four bytes each. */
const BYTES_PER_PARAMETER = 20;
/** Activations that wait for the backward pass, in fp32 (Korthikanti et al. 2022, section 4, doubled). */
const BYTES_PER_ACTIVATION = 68;
/** The interpreter and the libraries. */
const PROGRAM_MIB = 1024;

const numberOf = (settings: Settings, key: string): number =>
  typeof settings[key] === 'number' ? (settings[key] as number) : 0;

/** What of a model its work follows from. */
export interface ModelShape {
  readonly parameters: number;
  /** Width of the residual stream times its blocks. */
  readonly activations: number;
}

/** The model that phase 1 makes under these settings: embedding, attention, SwiGLU, memory. */
export function shapeOf(cognate: Settings): ModelShape {
  const [width, inner] = [numberOf(cognate, 'd_model'), numberOf(cognate, 'd_ff')];
  const block = 4 * width * width + 3 * width * inner;
  const memory = cognate.ltm_enabled === true ? 4 * width * numberOf(cognate, 'ltm_dim') : 0;
  const layers = numberOf(cognate, 'num_layers');
  return {
    parameters: numberOf(cognate, 'vocab_size') * width + layers * block + memory,
    activations: width * layers,
  };
}

interface Share {
  readonly serial: number;
  readonly shared: number;
  readonly factor: Range;
  readonly perToken: number;
  readonly because: string;
}

/** Tokens that a phase reads, alone and shared, and how many times the plain work one of them takes. */
function shareOf(phase: PhaseSlug, settings: Settings): Share {
  const steps = numberOf(settings, 'steps') * numberOf(settings, 'batch_size');
  const tokens = steps * (numberOf(settings, 'seq_len') || numberOf(settings, 'answer_tokens'));
  const plain = { serial: tokens, shared: 0, factor: [1, 1] as const, perToken: TRAINING };
  if (phase === 'cognate') {
    const base = numberOf(settings, 'base_fraction') * tokens;
    const most = settings.act_enabled === true ? numberOf(settings, 'act_n_max') : 1;
    const because = 'a shared base, then three variants; one to act_n_max ponder steps a token';
    return { ...plain, serial: base, shared: 3 * (tokens - base), factor: [1, Math.max(1, most)], because };
  }
  if (phase === 'evomerge') {
    const [each, again] = [numberOf(settings, 'screen_tokens'), numberOf(settings, 'rescore_tokens')];
    const generation = numberOf(settings, 'population') * each + numberOf(settings, 'finalists') * again;
    const read = numberOf(settings, 'generations') * generation;
    return {
      ...plain,
      serial: 0,
      shared: read,
      perToken: READING,
      because: 'individuals are read, not trained',
    };
  }
  if (phase === 'quiet-star') {
    const thought = 1 + (numberOf(settings, 'samples') || 1) * (numberOf(settings, 'n_thought') + 2);
    const because = 'the thinker and its control; a thought of n_thought tokens at some or at every place';
    return { ...plain, serial: 0, shared: 2 * tokens, factor: [1, thought], because };
  }
  if (phase === 'baking') {
    const prompts = Array.isArray(settings.prompts) ? settings.prompts.length : 1;
    const all = tokens * Math.max(1, prompts);
    return {
      ...plain,
      serial: all,
      factor: [1, 3],
      because: 'bakes of all prompts; two models read each answer',
    };
  }
  if (tokens > 0) return { ...plain, because: `${tokens} tokens trained on` };
  // Nothing in the settings says how long it takes: a text is read once, or fifty times.
  return {
    ...plain,
    serial: 65_536,
    factor: [1, 50],
    perToken: READING,
    because: 'no setting says how much it reads',
  };
}

const scaled = (flop: number, [low, high]: Range): Range => [flop * low, flop * high];

export function workloadOf(phase: PhaseSlug, settings: Settings, model: ModelShape): PhaseWorkload {
  const { parameters } = model;
  const { serial, shared, factor, perToken, because } = shareOf(phase, settings);
  const atOnce =
    (numberOf(settings, 'batch_size') || numberOf(settings, 'eval_batch_size') || 1) *
    (numberOf(settings, 'seq_len') || numberOf(settings, 'answer_tokens') || 128);
  const bytes = parameters * BYTES_PER_PARAMETER + atOnce * model.activations * BYTES_PER_ACTIVATION;
  return {
    phase,
    serialFlop: scaled(serial * perToken * parameters, factor),
    sharedFlop: scaled(shared * perToken * parameters, factor),
    width: Math.max(1, ...planStages(phase, settings).map(({ size }) => size)),
    tokens: Math.round(serial + shared),
    parameters,
    memoryMiB: Math.ceil(PROGRAM_MIB + bytes / MIB),
    because,
  };
}

/** Bytes of a checkpoint that training goes on from. */
export const checkpointBytes = ({ parameters }: PhaseWorkload): number =>
  parameters * (BYTES_PER_PARAMETER - 4);
