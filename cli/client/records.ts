/** What the API answers with. Declared here because the command line knows the wire, not the server's code. */
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { ModelFile } from '#contracts/source/result-manifest.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export type RunStatus =
  | 'queued'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'cancelling'
  | 'cancelled'
  | 'succeeded'
  | 'failed';

/** Statuses that a run never leaves. */
export const FINAL_STATUSES: readonly RunStatus[] = ['cancelled', 'succeeded', 'failed'];

export interface RunError {
  readonly kind: string;
  readonly message: string;
  readonly phase: PhaseSlug | null;
  readonly hint: string;
}

export interface LinkedNumber {
  readonly value: number;
  readonly unit: string;
  /** Id of the metric record that the value was read from. */
  readonly metric: string;
}

export interface PhaseRecord {
  readonly slug: PhaseSlug;
  readonly status: string;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly outputs: readonly string[];
  readonly error: RunError | null;
}

export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly phases: readonly { readonly slug: string; readonly status: string }[];
}

export interface Run extends RunSummary {
  readonly phases: readonly PhaseRecord[];
  readonly resolved: {
    readonly seed: number;
    readonly corpus: { readonly id: string; readonly sha256: string } | null;
  };
  readonly error: RunError | null;
  readonly report: string | null;
  readonly version: number;
}

export interface ReportedGate {
  readonly rule: string;
  readonly verdict: 'passed' | 'failed' | 'not measured';
  readonly measured: LinkedNumber | null;
  readonly bound: LinkedNumber | null;
}

export interface ReportedStrength {
  readonly model: string;
  readonly measure: string;
  readonly wanted: 'higher' | 'lower';
  readonly figures: Readonly<Record<string, LinkedNumber | null>>;
  readonly best: string | null;
  readonly verdict: string;
}

export interface ReportedPhase {
  readonly phase: string;
  readonly title: string;
  readonly status: string;
  readonly jobs: Readonly<Record<string, LinkedNumber>>;
  /** Subject → measure → figure. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, LinkedNumber>>>>;
  readonly gates: readonly ReportedGate[];
  readonly strengths: readonly ReportedStrength[];
}

export interface RunReport {
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly status: RunStatus;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
  };
  readonly error: RunError | null;
  readonly corpus: { readonly name: string; readonly licence: string } | null;
  readonly phases: readonly ReportedPhase[];
  readonly models: readonly {
    readonly id: string;
    readonly reference: string;
    readonly role: string;
    readonly parents: readonly string[];
  }[];
}

export interface LogPart {
  readonly phase: string;
  readonly stage: string;
  readonly index: number | null;
  readonly attempt: number;
  readonly jobId: string;
  readonly text: string;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly runId: string | null;
  readonly phase: PhaseSlug | null;
  readonly role: string;
  readonly status: string;
  readonly files: readonly ModelFile[];
  readonly architecture: ModelArchitecture;
  readonly properties: ModelProperties;
  readonly parents: readonly {
    readonly modelId: string;
    readonly relation: string;
    readonly weight: number;
  }[];
  readonly createdAt: string;
}

export interface LineageNode {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly role: string;
  readonly phase: string | null;
  readonly status: string;
}

export interface LineageEdge {
  readonly parent: string;
  readonly child: string;
  readonly relation: string;
  readonly weight: number;
}

export interface Lineage {
  readonly model: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export interface ModelVerdict {
  readonly model: string;
  readonly ok: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly expected: string;
    readonly found: string | null;
    readonly ok: boolean;
  }[];
}

export interface Corpus {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly documents: number;
  readonly licence: string;
  readonly createdAt: string;
}

export interface Stage {
  readonly name: string;
  readonly kind: string;
  readonly size: number;
}

export interface Rule {
  readonly name: string;
  readonly subject: string;
  readonly property: string;
  readonly op: string;
  readonly value?: unknown;
  readonly why: string;
}

export interface Gate {
  readonly metric: string;
  readonly op: string;
  readonly bound: number | { readonly metric: string; readonly factor?: number };
  readonly onFailure: string;
}

export interface Phase {
  readonly slug: string;
  readonly number: number;
  readonly title: string;
  readonly summary: string;
  readonly available: boolean;
  readonly accepts: readonly Rule[];
  readonly produces: readonly Rule[];
  readonly gates: readonly Gate[];
  readonly stages: readonly Stage[];
}

/** As much of a JSON Schema as is shown; a named one stands under $defs and is referred to. */
export interface SettingsSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SettingsSchema>>;
  readonly properties?: Readonly<
    Record<string, { readonly type?: string; readonly default?: unknown; readonly description?: string }>
  >;
}

export interface Preset {
  readonly name: string;
  readonly description: string;
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly builtIn: boolean;
}

export interface RunPlan {
  readonly name: string;
  readonly seed: number;
  readonly corpus: { readonly name: string; readonly bytes: number; readonly documents: number } | null;
  readonly phases: readonly {
    readonly phase: string;
    readonly title: string;
    readonly available: boolean;
    readonly handOver: string;
    readonly gates: readonly Gate[];
    readonly stages: readonly Stage[];
    readonly jobs: number;
    readonly timeoutSeconds: number;
    readonly config: Readonly<Record<string, unknown>>;
  }[];
  readonly deferred: readonly string[];
}

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly home?: string;
}

export type Upload =
  | { readonly exists: true }
  | {
      readonly exists: false;
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
    };
