/** What runs have cost: by run, by phase, by model, or entry by entry. */
import type { CostRow, Costs } from '#contracts/source/costs.ts';
import { spendingOf, standingEntries } from '../../domain/cost-entry.ts';
import {
  costRowOf,
  costsByAttempt,
  costsByPhase,
  costsByRun,
  type RunCosts,
} from '../../domain/cost-sums.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export interface CostWish {
  readonly by: Costs['by'];
  /** One run; left out, the newest ones. */
  readonly run?: string | undefined;
}

type CostPorts = Pick<ReadPorts, 'runs' | 'models' | 'costs' | 'clock'>;

/** Runs of one answer. */
const RUNS = 100;

export async function listCosts(
  ports: CostPorts,
  principal: Principal,
  { by, run }: CostWish,
): Promise<Costs> {
  const { tenant } = principal;
  const now = ports.clock.now();
  const ids = run === undefined ? await newestRuns(ports, tenant) : [run];
  const runs = await Promise.all(
    ids.map(async (id): Promise<RunCosts> => {
      const found = await getRun(ports, principal, id);
      return { run: found, entries: standingEntries(await ports.costs.list(tenant, found.id)) };
    }),
  );
  const { usd, machineHours, attempts } = spendingOf(
    runs.flatMap(({ entries }) => entries),
    now,
  );
  const items = await rowsOf(ports, tenant, by, runs, now);
  return {
    by,
    at: now.toISOString(),
    runs: runs.length,
    items: [...items],
    total: { usd, machineHours, attempts },
  };
}

async function newestRuns({ runs }: CostPorts, tenant: string): Promise<readonly string[]> {
  return (await runs.list(tenant, {}, { limit: RUNS, after: null })).items.map(({ id }) => id);
}

async function rowsOf(
  ports: CostPorts,
  tenant: string,
  by: Costs['by'],
  runs: readonly RunCosts[],
  now: Date,
): Promise<readonly CostRow[]> {
  if (by === 'phase') return costsByPhase(runs, now);
  if (by === 'attempt') return costsByAttempt(runs, now);
  if (by === 'run') return costsByRun(runs, now);
  const rows = await Promise.all(runs.map((each) => modelRows(ports, tenant, each, now)));
  return rows.flat();
}

/** A model costs what the phase cost that made it: the money was spent once for all that the phase made. */
async function modelRows(
  { models }: CostPorts,
  tenant: string,
  { run, entries }: RunCosts,
  now: Date,
): Promise<readonly CostRow[]> {
  const { items } = await models.list(tenant, { run: run.id }, { limit: 1000, after: null });
  const madeBy = (phase: Model['phase']) => items.filter((other) => other.phase === phase).length;
  return items.map((model) => {
    const own = entries.filter(({ phase }) => phase === model.phase);
    const sharedWith = madeBy(model.phase) - 1;
    return costRowOf(own, now, { key: model.id, name: modelReference(model), sharedWith });
  });
}
