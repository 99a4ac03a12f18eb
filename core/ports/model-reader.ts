import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Ulid } from '../domain/ids.ts';
import type { LineageEdge } from '../domain/lineage.ts';
import type { Model, ModelStatus } from '../domain/model.ts';
import type { ModelAlias } from '../domain/model-alias.ts';
import type { Page, PageRequest } from './run-reader.ts';

export interface ModelFilter {
  readonly run?: Ulid;
  readonly phase?: PhaseSlug;
  /** `any` includes deleted ones. @default every status but deleted */
  readonly status?: ModelStatus | 'any';
  readonly name?: string;
  readonly parent?: Ulid;
}

export interface ModelReader {
  get(tenant: string, id: Ulid): Promise<Model | null>;
  list(tenant: string, filter: ModelFilter, page: PageRequest): Promise<Page<Model>>;
  /** One version of a name, whatever its status; the newest when no version is given. */
  byName(tenant: string, name: string, version: number | null): Promise<Model | null>;
  /** The newest active version of a name. */
  latest(tenant: string, name: string): Promise<Model | null>;
  /** Where an alias of a name points. */
  alias(tenant: string, name: string, alias: string): Promise<ModelAlias | null>;
  /** Every edge that leads to the model, over all generations. */
  edgesAbove(tenant: string, id: Ulid): Promise<readonly LineageEdge[]>;
}
