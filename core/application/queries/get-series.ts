/** The curves of a run, each in no more points than are asked for. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { downSample } from '../../domain/down-sample.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { type Series, SeriesGatherer } from '../../domain/series.ts';
import { shownMetrics } from '../../domain/shown-metrics.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

const LOOK = 1000;

export interface SeriesWanted {
  readonly run: Ulid;
  readonly phase?: PhaseSlug;
  readonly measure?: string;
  /** Of each series, at most. */
  readonly points: number;
}

export interface SampledSeries extends Series {
  /** How many points there are; `points` are some of them. */
  readonly of: number;
}

export async function getSeries(
  ports: Pick<ReadPorts, 'runs' | 'metrics' | 'events'>,
  principal: Principal,
  { run, points, ...filter }: SeriesWanted,
): Promise<readonly SampledSeries[]> {
  const { id } = await getRun(ports, principal, run);
  const { tenant } = principal;
  const gatherer = new SeriesGatherer(filter);
  for (let last = 0; ; ) {
    const page = await ports.events.read(tenant, id, last, LOOK);
    for (const event of page) gatherer.event(event);
    if (page.length < LOOK) break;
    last = page.at(-1)?.seq ?? last;
  }
  const { phase } = filter;
  for (const record of shownMetrics(await ports.metrics.list(tenant, id, phase ? { phase } : {})))
    gatherer.metric(record);
  return gatherer.all().map((series) => ({
    ...series,
    of: series.points.length,
    points: downSample(series.points, points),
  }));
}
