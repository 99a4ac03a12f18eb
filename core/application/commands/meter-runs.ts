/** Looks at what every run with a cap has cost, and pauses those that one billing step more could take past it. */

import { type BillingStep, mustStop, spendingOf, standingEntries } from '../../domain/cost-entry.ts';
import type { Principal } from '../../domain/principal.ts';
import { capOf, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { runsInFlight } from '../queries/list-everything.ts';
import { pauseRun } from './pause-run.ts';

export type MeterPorts = Pick<Ports, 'runs' | 'registry' | 'workflow' | 'clock' | 'costs' | 'tenants'>;

/** The pause writes a checkpoint; the run goes on from it when its cap is raised. */
export async function meterRuns(
  ports: MeterPorts,
  step: BillingStep,
  onFault: (what: string, error: unknown) => void,
): Promise<{ readonly looked: number; readonly stopped: number }> {
  let [looked, stopped] = [0, 0];
  for (const tenant of await ports.tenants.list()) {
    for (const run of await runsInFlight(ports, tenant)) {
      if (run.status !== 'running' || capOf(run) === null) continue;
      looked += 1;
      try {
        if (await meterRun(ports, run, step)) stopped += 1;
      } catch (error) {
        onFault(`run ${run.id}`, error);
      }
    }
  }
  return { looked, stopped };
}

async function meterRun(ports: MeterPorts, run: Run, step: BillingStep): Promise<boolean> {
  const cap = capOf(run);
  const entries = standingEntries(await ports.costs.list(run.tenant, run.id));
  const spending = spendingOf(entries, ports.clock.now());
  if (cap === null || entries.length === 0 || !mustStop(spending, cap, step)) return false;
  const principal: Principal = { tenant: run.tenant, role: 'runner', subject: 'meter' };
  const { usd, usdPerHour } = spending;
  const message = `It has cost ${usd.toFixed(4)} USD of ${cap} USD, at ${usdPerHour.toFixed(4)} USD an hour.`;
  const hint = `Raise the cap: forge runs resume ${run.id} --max-usd USD`;
  await pauseRun(ports, principal, run.id, {
    reason: 'budget',
    data: { spentUsd: usd, capUsd: cap, usdPerHour, message, hint },
  });
  return true;
}
