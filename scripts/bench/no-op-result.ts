/** Result manifests of jobs that compute nothing; they satisfy every phase's promise, so that all checks really run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { ModelParent, ProducedModel, ResultManifest } from '#contracts/source/result-manifest.ts';
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import { phaseDefinition } from '#core/domain/phase.ts';

interface Job {
  readonly jobId: string;
  readonly attempt: number;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const SIZE = { parameters: 1000, bytes: 16, layers: 2, hiddenSize: 32, toolLayers: 0 };
const BASE_HASH = sha('weights of base');

const RELATIONS: Readonly<Partial<Record<PhaseSlug, ModelParent['relation']>>> = {
  evomerge: 'merged-from',
  bitnet: 'quantised-from',
  baking: 'baked-from',
  deployment: 'deployed-from',
  compression: 'compressed-from',
};

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function publish(task: TaskSpec, path: string, text: string) {
  const sha256 = sha(text);
  const uri = `${task.blobs}${sha256.slice(0, 2)}/${sha256}`;
  if (!existsSync(fileURLToPath(uri))) writeWhole(fileURLToPath(uri), text);
  return { path, uri, sha256, bytes: Buffer.byteLength(text) };
}

/** From the phase on that first brings it, a property stays. */
function reached(task: TaskSpec, phase: PhaseSlug): boolean {
  const order: readonly PhaseSlug[] = ['cognate', 'evomerge', 'quiet-star', 'bitnet'];
  const at = order.indexOf(task.phase);
  return at < 0 || at >= order.indexOf(phase);
}

function propertiesOf(task: TaskSpec, weightsHash: string, parents: number): ModelProperties {
  return {
    schemaVersion: 1,
    architectureHash: sha('architecture'),
    tokenizerHash: sha('tokenizer'),
    weightsHash,
    baseHash: parents === 0 ? null : BASE_HASH,
    ...SIZE,
    tensors: 12,
    vocabRows: 512,
    tokenizerSize: 512,
    reservedRows: 32,
    tied: true,
    finite: true,
    zeroMatrices: [],
    thoughtTokens: reached(task, 'quiet-star') ? 2 : 0,
    ternary: reached(task, 'bitnet') ? 'masters' : 'none',
    toolTypes: [],
    parents,
    relativeTaskVector: parents === 0 ? null : 0.25,
  };
}

function produced(
  task: TaskSpec,
  name: string,
  role: string,
  parents: readonly ModelParent[],
): ProducedModel {
  const weights = publish(task, 'model.safetensors', `weights of ${name}`);
  const properties = propertiesOf(task, weights.sha256, parents.length);
  const { thoughtTokens } = properties;
  return {
    name,
    role,
    files: [weights, publish(task, 'properties.json', JSON.stringify(properties))],
    architecture: { type: 'tiny-titan', ...SIZE, thoughtTokens, quantised: false, bits: 32, toolTypes: [] },
    properties,
    parents: [...parents],
  };
}

/** Four models of the first phase, one of each later phase, with the lineage that such a phase would report. */
function modelsOf(task: TaskSpec): ProducedModel[] {
  if (task.phase === 'cognate') {
    const base: ModelParent = { name: 'base', modelId: null, relation: 'continued-from', weight: 1 };
    const variants = ['reasoning', 'memory', 'adaptive'].map((name) =>
      produced(task, name, 'variant', [base]),
    );
    return [produced(task, 'base', 'base', []), ...variants];
  }
  const inputs = task.inputs.flatMap((input) => (input.kind === 'model' ? [input.modelId] : []));
  const relation = RELATIONS[task.phase] ?? 'continued-from';
  const parents = inputs.map((modelId) => ({ name: null, modelId, relation, weight: 1 / inputs.length }));
  return [produced(task, task.phase, 'variant', parents)];
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly model: string | null;
}

/** What a gate that can fail the phase asks for, and one figure per model that a report can show. */
function figuresOf(task: TaskSpec, models: readonly ProducedModel[]): readonly Figure[] {
  const shown = models.map(({ name }) => ({
    name: `${name}/bits_per_byte`,
    value: 2,
    unit: 'bits/byte',
    model: name,
  }));
  const fatal = phaseDefinition(task.phase).gates.filter(({ onFailure }) => onFailure === 'fail');
  const asked = fatal.flatMap(({ metric, op, bound }) => {
    const within = { '<': -1, '<=': 0, '>': 1, '>=': 0 }[op];
    const plain = (name: string, value: number): Figure => ({ name, value, unit: '', model: null });
    if (typeof bound === 'number') return [plain(metric, bound + within)];
    return [plain(bound.metric, 1), plain(metric, (bound.factor ?? 1) + within)];
  });
  return [...shown, ...asked];
}

function metricOf(task: TaskSpec, job: Job, { name, ...figure }: Figure, at: string): MetricRecord {
  const { runId, phase, stage } = task;
  return {
    schemaVersion: 1,
    id: `${runId}/${phase}/${stage.name}/${job.jobId}/${job.attempt}/${name}`,
    name,
    ...figure,
    runId,
    phase,
    stage: stage.name,
    index: null,
    ...job,
    step: null,
    split: 'heldout',
    source: 'bench.no_op',
    at,
  };
}

/** Leaves the manifest where the task asks for it. */
export function writeNoOpResult(task: TaskSpec, job: Job): void {
  const at = new Date().toISOString();
  const models = modelsOf(task);
  const result: ResultManifest = {
    schemaVersion: 1,
    success: true,
    runId: task.runId,
    phase: task.phase,
    stage: task.stage.name,
    index: null,
    ...job,
    models,
    metrics: figuresOf(task, models).map((figure) => metricOf(task, job, figure, at)),
    artifacts: [],
    config: task.config,
    error: null,
    startTime: at,
    endTime: at,
    durationSeconds: 0,
  };
  writeWhole(fileURLToPath(`${task.output}result.json`), JSON.stringify(result));
}
