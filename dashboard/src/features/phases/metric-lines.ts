/** Lines of charts, made of metric records with a step and of what jobs said while they trained. */
import type { ChartLine, ChartPoint } from '../../components/chart.tsx';
import type { ForgeEvent, MetricRecord } from '../../lib/api-types.ts';
import { metricSource, pick, pointer } from '../../lib/record-source.ts';
import { eventPath } from '../../lib/run-events.ts';

export function recordLine(
  run: string,
  metrics: readonly MetricRecord[],
  name: string,
  label: string,
): ChartLine {
  const points = metrics.flatMap((record): ChartPoint[] => {
    if (record.name !== name || record.step === null) return [];
    const source = metricSource(run, record.id);
    const xSource = { of: source.of, at: pointer('items', pick('id', record.id), 'step') };
    return [{ x: record.step, y: record.value, source, xSource }];
  });
  return { label, points: points.sort((one, other) => one.x - other.x) };
}

/** Null where no job said anything of it. */
export function eventLine(events: readonly ForgeEvent[], measure: string, label: string): ChartLine | null {
  const points = new Map<number, ChartPoint>();
  for (const event of events) {
    const { step, [measure]: y } = event.data;
    if (event.type !== 'training_metrics' || typeof step !== 'number' || typeof y !== 'number') continue;
    const of = eventPath(event);
    const source = { of, at: pointer('items', 0, 'data', measure) };
    points.set(step, { x: step, y, source, xSource: { of, at: pointer('items', 0, 'data', 'step') } });
  }
  if (points.size === 0) return null;
  return { label, points: [...points.values()].sort((one, other) => one.x - other.x) };
}
