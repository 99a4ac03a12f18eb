/** What a phase is about, one view each: a chunk of its own, loaded with the page of that phase. */
import type { ComponentType } from 'react';
import type {
  ForgeEvent,
  MetricRecord,
  PhaseRecord,
  PhaseSlug,
  ReportedPhase,
  Run,
} from '../../lib/api-types.ts';

export interface PhaseViewProps {
  readonly run: Run;
  readonly phase: PhaseRecord;
  /** Of the report: null until the run has ended. */
  readonly report: ReportedPhase | null;
  /** Of this phase. */
  readonly metrics: readonly MetricRecord[];
  /** Of this phase, oldest first, as they come. */
  readonly events: readonly ForgeEvent[];
}

type LoadView = () => Promise<{ readonly default: ComponentType<PhaseViewProps> }>;

export const PHASE_VIEWS: Partial<Record<PhaseSlug, LoadView>> = {};
