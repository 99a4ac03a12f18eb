/** What the API takes and answers, by the names that the pages use. The types are made from the OpenAPI document. */
import type { components, paths } from '../../../cli/client/generated/api-types.ts';

export type { paths } from '../../../cli/client/generated/api-types.ts';

type Schemas = components['schemas'];

export type Run = Schemas['Run'];
export type RunSummary = Schemas['RunSummary'];
export type RunStatus = Run['status'];
export type RunError = Schemas['RunError'];
export type RunPlan = Schemas['RunPlan'];
export type RunReport = Schemas['RunReport'];
export type ReportedPhase = RunReport['phases'][number];
export type Topology = Schemas['Topology'];
export type Model = Schemas['Model'];
export type Lineage = Schemas['Lineage'];
export type MetricRecord = Schemas['metric-record'];
export type LinkedNumber = Schemas['LinkedNumber'];
export type Claim = Schemas['Claim'];
export type Problem = Schemas['Problem'];
export type ForgeEvent = Schemas['event'];
export type PhaseSlug = Run['phases'][number]['slug'];
export type PhaseRecord = Run['phases'][number];
export type GateVerdict = PhaseRecord['gates'][number];
export type Gate = GateVerdict['gate'];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The paths that can be read. */
export type ReadPath = {
  [P in keyof paths]: paths[P] extends { readonly get: { readonly responses: unknown } } ? P : never;
}[keyof paths];

type JsonOf<R> = R extends { content: { readonly 'application/json': infer A } } ? A : never;
type OperationOf<P extends ReadPath> = paths[P] extends { readonly get: infer O } ? O : never;
type ResponsesOf<O> = O extends { readonly responses: infer R } ? R : never;

/** The JSON that reading a path answers. */
export type ReadAnswer<P extends ReadPath> = JsonOf<
  ResponsesOf<OperationOf<P>>[200 & keyof ResponsesOf<OperationOf<P>>]
>;
