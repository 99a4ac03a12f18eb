/** The model aggregate: one registered version, its measured properties, its parents and its life so far. */
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { ModelFile, ModelParent } from '#contracts/source/result-manifest.ts';
import type { Ulid } from './ids.ts';

export const MODEL_STATUSES = ['active', 'archived', 'quarantined', 'deleted'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

export interface ModelParentLink {
  readonly modelId: Ulid;
  readonly relation: ModelParent['relation'];
  readonly weight: number;
}

/** What one phase did to the model: where to find what it measured, and what it changed of the architecture. */
export interface LifeEntry {
  readonly phase: PhaseSlug;
  readonly runId: Ulid;
  readonly at: string;
  /** Ids of the metric records about this model. */
  readonly metrics: readonly string[];
  readonly difference: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

/** One change of a model's status: who wanted it, and why. */
export interface StatusChange {
  readonly status: ModelStatus;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** What is left of a deleted model. Until it is purged its files are there and it can be restored. */
export interface Tombstone {
  readonly deletedAt: string;
  readonly purgeAfter: string;
  /** The status that restoring gives back. */
  readonly before: ModelStatus;
  readonly purgedAt: string | null;
}

/** One move of an alias to this version. */
export interface Promotion {
  readonly alias: string;
  /** The version that had the alias before. */
  readonly from: number | null;
  readonly at: string;
  readonly by: string;
}

export interface Model {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  readonly name: string;
  /** 1, 2, 3 … per name, without gaps. */
  readonly version: number;
  readonly runId: Ulid | null;
  readonly phase: PhaseSlug | null;
  readonly role: string;
  readonly status: ModelStatus;
  readonly files: readonly ModelFile[];
  readonly architecture: ModelArchitecture;
  readonly properties: ModelProperties;
  readonly parents: readonly ModelParentLink[];
  readonly lifecycle: readonly LifeEntry[];
  /** What an imported model may be used for. @default that of the corpora of its runs */
  readonly licence?: string;
  /** @default never changed */
  readonly statusChanges?: readonly StatusChange[];
  /** Aliases that point at this version, in order. @default none */
  readonly aliases?: readonly string[];
  /** @default never promoted */
  readonly promotions?: readonly Promotion[];
  /** Stands with the status `deleted` and never without it. */
  readonly tombstone?: Tombstone;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Rises with each write of the record; the ETag. */
  readonly recordVersion: number;
}

/** How people name one version. */
export function modelReference(model: Pick<Model, 'name' | 'version'>): string {
  return `${model.name}@${model.version}`;
}

/** Field by field, what changed between two architectures. */
export function architectureDifference(
  before: ModelArchitecture | null,
  after: ModelArchitecture,
): LifeEntry['difference'] {
  const changed = Object.entries(after).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before?.[field as keyof ModelArchitecture]),
  );
  return Object.fromEntries(
    changed.map(([field, value]) => [
      field,
      { from: before?.[field as keyof ModelArchitecture] ?? null, to: value },
    ]),
  );
}

/** The life of a model that a phase has just made: its first parent's life, and this phase. */
export function applyPhase(
  parent: Model | null,
  made: {
    architecture: ModelArchitecture;
    phase: PhaseSlug;
    runId: Ulid;
    at: string;
    metrics: readonly string[];
  },
): readonly LifeEntry[] {
  const { architecture, ...rest } = made;
  const event: LifeEntry = {
    ...rest,
    difference: architectureDifference(parent?.architecture ?? null, architecture),
  };
  return [...(parent?.lifecycle ?? []), event];
}
