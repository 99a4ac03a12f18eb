/** What the view of a phase is given. */
import type { ForgeEvent, MetricRecord, PhaseRecord, ReportedPhase, Run } from '../../lib/api-types.ts';

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
