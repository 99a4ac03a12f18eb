/** The metric records of a run, as its tries that count measured them. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { shownMetrics } from '../../domain/shown-metrics.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export async function listMetrics(
  ports: Pick<ReadPorts, 'runs' | 'metrics'>,
  principal: Principal,
  run: Ulid,
  phase: PhaseSlug | undefined,
): Promise<readonly MetricRecord[]> {
  await getRun(ports, principal, run);
  return shownMetrics(await ports.metrics.list(principal.tenant, run, phase ? { phase } : {}));
}
