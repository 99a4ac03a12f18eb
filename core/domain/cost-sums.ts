/** Sums over the ledger, by whatever a person asks for. */
import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import type { CostRow, ReportedCost } from '#contracts/source/costs.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { type CostEntry, spendingOf, standingEntries } from './cost-entry.ts';
import { capOf, type Run } from './run.ts';

type Planned = CostRow['planned'];

export interface RunCosts {
  readonly run: Run;
  /** Standing ones. */
  readonly entries: readonly CostEntry[];
}

export const plannedOf = (plan: BurstPlan | null | undefined, phase?: PhaseSlug): Planned => {
  if (!plan) return null;
  if (phase === undefined) return { usd: plan.usd, hours: plan.hours, assumed: plan.assumed };
  const found = plan.phases.find((each) => each.phase === phase);
  return found ? { usd: found.usd, hours: found.hours, assumed: found.throughput.basis === 'assumed' } : null;
};

interface RowFacts {
  readonly key: string;
  readonly name: string;
  readonly capUsd?: number | null;
  readonly planned?: Planned;
  readonly sharedWith?: number;
}

export function costRowOf(entries: readonly CostEntry[], now: Date, facts: RowFacts): CostRow {
  const { capUsd = null, planned = null, sharedWith = 0, key, name } = facts;
  const records = entries.map(({ id }) => id);
  return { key, name, ...spendingOf(entries, now), records, capUsd, planned, sharedWith };
}

export const costsByRun = (runs: readonly RunCosts[], now: Date): readonly CostRow[] =>
  runs.map(({ run, entries }) => {
    const facts = { key: run.id, name: run.name, capUsd: capOf(run), planned: plannedOf(run.burst) };
    return costRowOf(entries, now, facts);
  });

export function costsByPhase(runs: readonly RunCosts[], now: Date): readonly CostRow[] {
  const all = runs.flatMap(({ entries }) => entries);
  const phases = [...new Set(all.map(({ phase }) => phase))];
  // A plan belongs to one run; of several there is none to compare with.
  const plan = runs.length === 1 ? runs[0]?.run.burst : null;
  return phases.map((phase) => {
    const own = all.filter((entry) => entry.phase === phase);
    return costRowOf(own, now, { key: phase, name: phase, planned: plannedOf(plan, phase) });
  });
}

export const costsByAttempt = (runs: readonly RunCosts[], now: Date): readonly CostRow[] =>
  runs.flatMap(({ entries }) =>
    entries.map((entry) => {
      const { id, phase, stage, attempt, instanceType, purchase } = entry;
      const name = `${phase} ${stage}, attempt ${attempt}: ${instanceType} ${purchase}`;
      return costRowOf([entry], now, { key: id, name });
    }),
  );

/** Plan against meter. */
export function reportedCostOf(run: Run, all: readonly CostEntry[], now: Date): ReportedCost {
  const entries = standingEntries(all);
  const reported = ({ usd, machineHours, attempts, records }: CostRow) => ({
    usd,
    machineHours,
    attempts,
    records,
  });
  return {
    plan: plannedOf(run.burst),
    ...reported(costRowOf(entries, now, { key: run.id, name: run.name })),
    phases: costsByPhase([{ run, entries }], now).map((row) => ({
      phase: row.key as PhaseSlug,
      planned: row.planned,
      ...reported(row),
    })),
  };
}
