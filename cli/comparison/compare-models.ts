/** What differs between two models, as far as their records and hashes tell. */
import type { ApiClient } from '../client/api-client.ts';
import type { Model, ModelMetadata, Run } from '../client/records.ts';
import { CliError } from '../errors.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type FigurePair, type Figures, sideBySide } from './figures-side-by-side.ts';

export interface ModelSide {
  readonly id: string;
  readonly reference: string;
}

export interface FilePair {
  readonly path: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly same: boolean;
}

export interface ModelComparison {
  readonly left: ModelSide;
  readonly right: ModelSide;
  readonly architecture: readonly Difference[];
  readonly properties: readonly Difference[];
  /** Of config.json: what the model is made of. */
  readonly config: readonly Difference[];
  /** Of the phases that made them; null where one of them was not made here. */
  readonly settings: readonly Difference[] | null;
  readonly weights: { readonly same: boolean; readonly comparedBy: 'hash' };
  readonly files: readonly FilePair[];
  readonly figures: readonly FigurePair[];
}

interface Known {
  readonly model: Model;
  readonly metadata: ModelMetadata;
  readonly config: Readonly<Record<string, unknown>>;
  readonly run: Run | null;
}

/** A run may be gone while its model is still there. */
async function runOf(client: ApiClient, { runId }: Model): Promise<Run | null> {
  if (runId === null) return null;
  return client.getRun(runId).catch((error: unknown) => {
    if (error instanceof CliError && error.kind === 'not_found') return null;
    throw error;
  });
}

async function configOf(client: ApiClient, { files }: Model): Promise<Known['config']> {
  const file = files.find(({ path }) => path === 'config.json');
  return file ? client.getJsonArtifact(file.sha256) : {};
}

async function lookUp(client: ApiClient, reference: string): Promise<Known> {
  const model = await client.getModel(reference);
  const [metadata, config, run] = await Promise.all([
    client.getMetadata(model.id),
    configOf(client, model),
    runOf(client, model),
  ]);
  return { model, metadata, config, run };
}

/** Measure → figure of the model itself: a run names it by what stands after the run's own name. */
export function ownFigures({ identity, metrics }: Pick<ModelMetadata, 'identity' | 'metrics'>): Figures {
  const prefix = `${identity.run?.name ?? ''}-`;
  const subject = identity.name.startsWith(prefix) ? identity.name.slice(prefix.length) : identity.name;
  const own = metrics.filter(({ name, phase }) => name.startsWith(`${subject}/`) && phase === identity.phase);
  return Object.fromEntries(own.map(({ name, measured }) => [name.slice(subject.length + 1), measured]));
}

function filePairs(left: Model, right: Model): readonly FilePair[] {
  const hashOf = (model: Model, path: string) =>
    model.files.find((file) => file.path === path)?.sha256 ?? null;
  const paths = [...new Set([...left.files, ...right.files].map(({ path }) => path))].sort();
  return paths.map((path) => {
    const pair = { left: hashOf(left, path), right: hashOf(right, path) };
    return { path, ...pair, same: pair.left === pair.right };
  });
}

function settingsOf({ model, run }: Known): Readonly<Record<string, unknown>> | null {
  return run && model.phase
    ? { phase: model.phase, seed: run.resolved.seed, ...run.resolved.config[model.phase] }
    : null;
}

const sideOf = ({ model }: Known): ModelSide => ({
  id: model.id,
  reference: `${model.name}@${model.version}`,
});

export async function compareModels(
  client: ApiClient,
  left: string,
  right: string,
): Promise<ModelComparison> {
  const [one, other] = await Promise.all([lookUp(client, left), lookUp(client, right)]);
  const [oneSettings, otherSettings] = [settingsOf(one), settingsOf(other)];
  return {
    left: sideOf(one),
    right: sideOf(other),
    architecture: differencesOf(one.model.architecture, other.model.architecture),
    properties: differencesOf(one.model.properties, other.model.properties),
    config: differencesOf(one.config, other.config),
    settings: oneSettings && otherSettings ? differencesOf(oneSettings, otherSettings) : null,
    weights: {
      same: one.model.properties.weightsHash === other.model.properties.weightsHash,
      comparedBy: 'hash',
    },
    files: filePairs(one.model, other.model),
    figures: sideBySide(ownFigures(one.metadata), ownFigures(other.metadata)),
  };
}
