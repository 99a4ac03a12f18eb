/** What the API answers with, by the names that the command line uses. The types are made from the OpenAPI document. */
import type { components } from './generated/api-types.ts';
import type { Answer, Body, Query } from './typed-call.ts';

type Schemas = components['schemas'];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export type Run = Schemas['Run'];
export type RunStatus = Run['status'];
export type RunError = Schemas['RunError'];
export type RunSummary = Schemas['RunSummary'];
export type Decisions = Schemas['Decisions'];
export type RetryBody = Body<'post', '/v1/runs/{id}/retry'>;
export type ForkBody = Body<'post', '/v1/runs/{id}/fork'>;
export type PhaseChoice = NonNullable<ForkBody['phase']>;
export type Checkpoint = Schemas['Checkpoint'];
export type RunGates = Schemas['RunGates'];
export type Topology = Schemas['Topology'];
export type RunPlan = Schemas['RunPlan'];
export type BurstPlan = Schemas['BurstPlan'];
export type LinkedNumber = Schemas['LinkedNumber'];
export type RunReport = Schemas['RunReport'];
export type ReportedPhase = RunReport['phases'][number];
export type ReportedStrength = ReportedPhase['strengths'][number];
export type LogPart = Schemas['AttemptLog'];
export type Model = Schemas['Model'];
export type ModelStatus = Model['status'];
export type ModelMetadata = Schemas['model-metadata'];
export type ModelVerdict = Schemas['ModelVerdict'];
export type Lineage = Schemas['Lineage'];
export type LineageNode = Lineage['nodes'][number];
export type MetricRecord = Schemas['metric-record'];
export type Corpus = Schemas['Corpus'];
export type Preset = Schemas['Preset'];
export type Claim = Schemas['Claim'];
export type ClaimReading = Claim['readings'][number];
export type GarbageRequest = Schemas['GarbageRequest'];
export type GarbageReport = Schemas['GarbageReport'];
export type ModelImport = Schemas['ModelImport'];
export type NamedParent = NonNullable<ModelImport['parents']>[number];
export type WebhookToCreate = Schemas['WebhookToCreate'];
export type ShownKey = Schemas['ApiKey'];
export type Costs = Schemas['Costs'];
export type CostFilter = Query<'get', '/v1/costs'>;
export type Quota = Schemas['Quota'];
export type Limits = Quota['limits'];
export type Problem = Schemas['Problem'];

export type RunDocumentBody = Body<'post', '/v1/runs'>;
export type KeyBody = Body<'post', '/v1/keys'>;
export type QuotaBody = Body<'put', '/v1/quotas'>;
export type PresetBody = Body<'put', '/v1/presets/{name}'>;
export type RunFilter = Query<'get', '/v1/runs'>;
export type ModelFilter = Query<'get', '/v1/models'>;
export type LogFilter = Query<'get', '/v1/runs/{id}/logs'>;
export type UploadOffer = Answer<'post', '/v1/uploads'>;
export type Upload = Schemas['Upload'];

export type PlannedPhase = RunPlan['phases'][number];
/** A stage of the catalogue or of a plan; the plan has worked the size out. */
export type Stage = Pick<Schemas['Phase']['stages'][number], 'name' | 'kind' | 'size'> & {
  readonly repeat?: string | null | undefined;
};
export type Gate = PlannedPhase['gates'][number];

/** Statuses that a run never leaves. */
export const FINAL_STATUSES: readonly RunStatus[] = ['cancelled', 'succeeded', 'failed'];

/** A rule of a phase's contract; the document leaves its condition open. */
export type Rule = Schemas['Phase']['accepts'][number] & {
  readonly property: string;
  readonly op: string;
  readonly value?: unknown;
};

/** A phase of the catalogue; the document leaves conditions and gates open. */
export type Phase = Pick<Schemas['Phase'], 'slug' | 'number' | 'title' | 'summary' | 'available'> & {
  readonly accepts: readonly Rule[];
  readonly produces: readonly Rule[];
  readonly gates: readonly Gate[];
  readonly stages: readonly Stage[];
};

/** As much of a JSON Schema as is shown; a named one stands under $defs and is referred to. */
export interface SettingsSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SettingsSchema>>;
  readonly properties?: Readonly<
    Record<string, { readonly type?: string; readonly default?: unknown; readonly description?: string }>
  >;
}

export type PhaseDescription = Phase & { readonly settings: SettingsSchema };
