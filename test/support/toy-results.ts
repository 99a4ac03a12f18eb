/** What the three stages of Cognate leave in the blob store, with every kind of figure that a report shows. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ProducedArtifact, ProducedModel, ResultManifest } from '#contracts/source/result-manifest.ts';
import { resultKeys } from '#core/application/queries/read-results.ts';
import { planStages } from '#core/domain/stage-plan.ts';
import type { MemoryStore } from './memory/store.ts';
import { producedModel, storeFile, type ToyModel } from './toy-models.ts';

const VARIANTS = ['reasoning', 'memory', 'adaptive'] as const;
const START = '2026-03-01T12:00:10.000Z';
const END = '2026-03-01T12:00:12.500Z';

interface Place {
  readonly runId: string;
  readonly phase: PhaseSlug;
  readonly stage: string;
  readonly index: number | null;
  readonly attempt: number;
  /** @default 'job' */
  readonly job?: string;
}

export type Figure = readonly [name: string, value: number, unit: string];

/** Figures of the last stage: models against baselines, and each model on its own strength. */
export const COGNATE_FIGURES: readonly Figure[] = [
  ['base/bits_per_byte', 2.4, 'bits/byte'],
  ['reasoning/bits_per_byte', 2.1, 'bits/byte'],
  ['memory/bits_per_byte', 2.2, 'bits/byte'],
  ['adaptive/bits_per_byte', 2.3, 'bits/byte'],
  ['average/bits_per_byte', 2.05, 'bits/byte'],
  ['byte_bigram/bits_per_byte', 3.5, 'bits/byte'],
  ['token_unigram/bits_per_byte', 3.0, 'bits/byte'],
  ['token_bigram/bits_per_byte', 2.35, 'bits/byte'],
  ...['base', ...VARIANTS].flatMap((name, position): Figure[] => [
    [`${name}/hops_answer_bits`, name === 'reasoning' ? 0.1 : 1 + 0.1 * position, 'bits'],
    [`${name}/recall_answer_bits`, name === 'reasoning' ? 0.2 : 2 - 0.2 * position, 'bits'],
  ]),
];

export function metricOf(
  place: Place,
  [name, value, unit]: Figure,
  step: number | null = null,
): MetricRecord {
  const { runId, phase, stage, index, attempt, job = 'job' } = place;
  const at = index === null ? stage : `${stage}/${index}`;
  const [subject = ''] = name.split('/');
  return {
    schemaVersion: 1,
    id: `${runId}/${phase}/${at}/${job}-${stage}/${attempt}/${name}${step === null ? '' : `@${step}`}`,
    name,
    value,
    unit,
    runId,
    phase,
    stage,
    index,
    jobId: `${job}-${stage}`,
    attempt,
    step,
    model: ['base', ...VARIANTS].includes(subject) ? subject : null,
    split: 'heldout',
    source: 'agent_forge.evaluation.bits_per_byte',
    at: END,
  };
}

export function manifestOf(place: Place, change: Partial<ResultManifest> = {}): ResultManifest {
  const { job = 'job', ...where } = place;
  return {
    schemaVersion: 1,
    success: true,
    ...where,
    jobId: `${job}-${place.stage}`,
    models: [],
    metrics: [],
    artifacts: [],
    config: {},
    error: null,
    startTime: START,
    endTime: END,
    durationSeconds: 2.5,
    ...change,
  };
}

/** The base and its three variants, as phase 1 hands them over. */
export function cognateModels(store: MemoryStore, change: Partial<ToyModel> = {}): ProducedModel[] {
  const base: ToyModel = {
    name: 'base',
    role: 'base',
    properties: { baseHash: null, relativeTaskVector: null, parents: 0 },
  };
  const variants = VARIANTS.map(
    (name): ToyModel => ({
      name,
      role: 'variant',
      parents: [{ name: 'base', modelId: null, relation: 'continued-from', weight: 1 }],
      ...change,
    }),
  );
  return [base, ...variants].map((model) => producedModel(store, model));
}

export interface CognateChange {
  readonly models?: readonly ProducedModel[];
  readonly figures?: readonly Figure[];
  readonly attempt?: number;
  /** Tells the jobs of another try of the phase apart. */
  readonly job?: string;
}

export function writeJson(store: MemoryStore, key: string, value: unknown): void {
  store.blobs.set(key, new TextEncoder().encode(JSON.stringify(value)));
}

/** Leaves the manifests of all stages of Cognate, the last one with models and figures. */
export function leaveCognateResults(store: MemoryStore, runId: string, change: CognateChange = {}): void {
  const { models = cognateModels(store), figures = COGNATE_FIGURES, attempt = 1, job = 'job' } = change;
  for (const stage of planStages('cognate')) {
    for (const [position, key] of resultKeys(runId, 'cognate', { stage, round: null }).entries()) {
      const index = stage.kind === 'array' ? position : null;
      const place: Place = { runId, phase: 'cognate', stage: stage.name, index, attempt, job };
      const last = { models: [...models], metrics: figures.map((figure) => metricOf(place, figure)) };
      const artifacts = [evaluationTable(store)];
      const perStep = [10, 20].map((step) =>
        metricOf(place, ['training/loss', 3 - step / 100, 'nats'], step),
      );
      const content = stage.kind === 'reduce' ? { ...last, artifacts } : { metrics: perStep };
      writeJson(store, key, manifestOf(place, content));
    }
  }
}

function evaluationTable(store: MemoryStore): ProducedArtifact {
  const { path: name, ...stored } = storeFile(store, 'evaluation.json', '{"rows":[]}');
  return { name, ...stored, mediaType: 'application/json' };
}
