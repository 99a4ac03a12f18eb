/** Curves of a run: numbers by step, as `training_metrics` events and metric records with a step tell them. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

export interface SeriesPoint {
  readonly step: number;
  readonly value: number;
  readonly at: string;
  /** Number of the event that told it. */
  readonly event?: number;
  /** Id of the metric record that told it. */
  readonly metric?: string;
}

/** Whose numbers they are. */
export interface SeriesName {
  readonly phase: PhaseSlug;
  readonly stage: string | null;
  readonly index: number | null;
  readonly round: number | null;
  readonly measure: string;
}

export interface Series extends SeriesName {
  readonly points: readonly SeriesPoint[];
}

/** What the taker of a line adds, and the step itself: no measures. */
const PLACE: ReadonlySet<string> = new Set(['step', 'stage', 'index', 'round', 'job', 'jobAttempt']);

export interface SeriesFilter {
  readonly phase?: PhaseSlug;
  readonly measure?: string;
}

/**
 * Gathers points. What a later attempt told of a step takes the place of what an earlier one told: a resumed training
 * goes over the steps after its checkpoint again.
 */
export class SeriesGatherer {
  private readonly found = new Map<string, { name: SeriesName; points: Map<number, SeriesPoint> }>();

  private readonly filter: SeriesFilter;

  constructor(filter: SeriesFilter) {
    this.filter = filter;
  }

  event({ seq, type, phase, at, data }: ForgeEvent): void {
    if (type !== 'training_metrics' || phase === null || typeof data.step !== 'number') return;
    const stage = typeof data.stage === 'string' ? data.stage : null;
    const count = (each: unknown) => (typeof each === 'number' ? each : null);
    const place = { phase, stage, index: count(data.index), round: count(data.round) };
    for (const [measure, value] of Object.entries(data)) {
      if (PLACE.has(measure) || typeof value !== 'number') continue;
      this.add({ ...place, measure }, { step: data.step, value, at, event: seq });
    }
  }

  /** Records of all jobs and rounds of a stage make one curve: each step is measured by one of them. */
  metric({ id, phase, stage, name: measure, step, value, at }: MetricRecord): void {
    if (step === null) return;
    this.add({ phase, stage, index: null, round: null, measure }, { step, value, at, metric: id });
  }

  /** Ordered by place and measure, points by step. */
  all(): readonly Series[] {
    return [...this.found.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { name, points }]) => ({
        ...name,
        points: [...points.values()].sort((one, other) => one.step - other.step),
      }));
  }

  private add(name: SeriesName, point: SeriesPoint): void {
    const { phase, measure } = this.filter;
    if ((phase && phase !== name.phase) || (measure && measure !== name.measure)) return;
    const key = JSON.stringify(Object.values(name));
    const known = this.found.get(key) ?? { name, points: new Map<number, SeriesPoint>() };
    this.found.set(key, known);
    known.points.set(point.step, point);
  }
}
