/** The report of a run. It is a document of its own with its own version, which the OpenAPI document only names. */
import type { LinkedNumber, RunError, RunStatus } from './records.ts';

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
