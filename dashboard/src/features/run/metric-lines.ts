/** Lines of charts, made of what jobs said while they trained. */
import type { ChartLine, ChartPoint } from '../../components/chart.tsx';
import type { ForgeEvent } from '../../lib/api-types.ts';
import { eventPath } from '../../lib/run-events.ts';

export type Across = 'step' | 'tokens' | 'seconds';

/** What places a point instead of being one. */
const PLACES = new Set(['step', 'tokens', 'index', 'jobAttempt', 'round']);

const isTraining = ({ type }: ForgeEvent): boolean => type === 'training_metrics';

/** Names of what was measured, in the order in which they came. */
export function measuresOf(events: readonly ForgeEvent[]): readonly string[] {
  const names = events.filter(isTraining).flatMap(({ data }) =>
    Object.entries(data)
      .filter(([name, value]) => typeof value === 'number' && !PLACES.has(name))
      .map(([name]) => name),
  );
  return [...new Set(names)];
}

const lineOf = ({ phase, data }: ForgeEvent): string =>
  [phase, data.stage, data.index, data.round].filter((part) => part !== null && part !== undefined).join(' ');

/** Where a point lies; an event that lacks the axis is placed by its step. */
function placeOf(
  { data, at }: ForgeEvent,
  across: Across,
  begin: number,
): readonly [x: number, field: string] {
  if (across === 'seconds') return [(Date.parse(at) - begin) / 1000, '/at'];
  const field = typeof data[across] === 'number' ? across : 'step';
  return [Number(data[field]), `/data/${field}`];
}

function smoothed(points: readonly ChartPoint[]): readonly ChartPoint[] {
  let mean = points[0]?.y ?? 0;
  return points.map((point) => {
    mean = 0.8 * mean + 0.2 * point.y;
    return { ...point, y: mean };
  });
}

export interface LineOptions {
  readonly across: Across;
  readonly smooth: boolean;
}

export function metricLines(
  events: readonly ForgeEvent[],
  measure: string,
  { across, smooth }: LineOptions,
): readonly ChartLine[] {
  const begin = Date.parse(events[0]?.at ?? '');
  const lines = new Map<string, ChartPoint[]>();
  for (const event of events) {
    const y = event.data[measure];
    if (!isTraining(event) || typeof y !== 'number') continue;
    const [x, field] = placeOf(event, across, begin);
    const of = eventPath(event);
    const points = lines.get(lineOf(event)) ?? [];
    points.push({
      x,
      y,
      source: { of, at: `/items/0/data/${measure}` },
      xSource: { of, at: `/items/0${field}` },
    });
    lines.set(lineOf(event), points);
  }
  return [...lines].map(([label, points]) => {
    const ordered = [...points].sort((left, right) => left.x - right.x);
    return { label, points: smooth ? smoothed(ordered) : ordered };
  });
}
