/** How often machines on Spot were taken away lately, by the ledger of costs. */
import type { Interruptions } from '../../domain/burst/checkpoint-interval.ts';
import { type CostEntry, hoursOf, standingEntries } from '../../domain/cost-entry.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** Runs that are looked at, newest first: what Spot was like a year ago says little. */
const RUNS = 20;

/** An attempt after which the same job was tried again counts as taken away. */
export function interruptionsOf(entries: readonly CostEntry[], now: Date): Interruptions {
  const spot = standingEntries(entries).filter(({ purchase }) => purchase === 'spot');
  const followed = ({ jobId, attempt }: CostEntry) =>
    spot.some((other) => other.jobId === jobId && other.attempt === attempt + 1);
  return {
    observedHours: spot.reduce((sum, entry) => sum + hoursOf(entry, now), 0),
    interruptions: spot.filter(followed).length,
  };
}

export async function readInterruptions(
  { runs, costs, clock }: Pick<ReadPorts, 'runs' | 'costs' | 'clock'>,
  tenant: string,
): Promise<Interruptions> {
  const { items } = await runs.list(tenant, {}, { limit: RUNS, after: null });
  const entries = await Promise.all(items.map(({ id }) => costs.list(tenant, id)));
  return interruptionsOf(entries.flat(), clock.now());
}
