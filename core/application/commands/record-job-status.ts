/** What the job queue says of a job, taken into the event log of its run. Repeated news is kept once. */
import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import type { EventType } from '#contracts/source/event-types.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { instancesIn, PRICES } from '#contracts/source/prices.ts';
import {
  type AttemptTimes,
  type CostEntry,
  costEntry,
  type Machine,
  spendingOf,
  standingEntries,
} from '../../domain/cost-entry.ts';
import type { GpuTime } from '../../domain/gpu-seconds.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { monthOf } from '../../domain/quota.ts';
import { capOf } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';

export interface JobNews {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly stage: string;
  /** Number within an array job; null outside of one. */
  readonly index: number | null;
  readonly jobId: string;
  /** Of the job. */
  readonly attempt: number;
  /** Which start of the phase the job belongs to; left out by a job that does not say. */
  readonly phaseAttempt?: number | undefined;
  /** In the words of AWS Batch. */
  readonly status: string;
  /** Why the job ended, where the queue gives a reason. */
  readonly reason: string | null;
  /** Of a job that has ended; null and absent alike where it had no GPU. */
  readonly gpuTime?: GpuTime | null | undefined;
  /** When its attempts began and ended, oldest first; the last one may still run. Epoch milliseconds. */
  readonly attempts?: readonly AttemptTimes[] | undefined;
  /** What it runs on, where the queue knows; else the plan of the run says what is paid at most. */
  readonly machine?: Machine | null | undefined;
}

const TYPES: Readonly<Record<string, EventType>> = {
  RUNNABLE: 'JobSubmitted',
  RUNNING: 'JobStarted',
  SUCCEEDED: 'JobFinished',
  FAILED: 'JobFinished',
};

/** Statuses in between tell a person nothing and are left out. */
export async function recordJobStatus(
  ports: Pick<Ports, 'eventLog'> & CostPorts,
  principal: Principal,
  news: JobNews,
): Promise<{ readonly recorded: boolean }> {
  const { runId, phase, stage, index, jobId, attempt, phaseAttempt, status, reason, gpuTime } = news;
  const spent = await recordCosts(ports, principal, news);
  const type = TYPES[status];
  if (type === undefined) return { recorded: false };
  const at = ports.clock.now().toISOString();
  const data = { stage, index, job: jobId, jobAttempt: attempt, status, reason, ...spent };
  const key = `job/${jobId}/${attempt}/${status}`;
  const event = { type, run: runId, phase, attempt: phaseAttempt ?? null, at, data, key };
  if (gpuTime) await ports.registry.commit(principal.tenant, [useOf(principal, jobId, gpuTime)]);
  await ports.eventLog.append(principal.tenant, [event]);
  return { recorded: true };
}

function useOf({ tenant }: Principal, jobId: string, { gpuSeconds, stoppedAt }: GpuTime): Change {
  return { kind: 'gpu-use', use: { tenant, month: monthOf(new Date(stoppedAt)), jobId, gpuSeconds } };
}

type CostPorts = Pick<Ports, 'registry' | 'runs' | 'costs' | 'clock'>;

/** For whoever watches; the ledger is what counts. */
interface Spent {
  readonly spentUsd: number;
  readonly capUsd: number | null;
}

/** Each attempt under its own ids, so that repeated and late news add nothing. */
async function recordCosts(
  { registry, runs, costs, clock }: CostPorts,
  { tenant }: Principal,
  { runId, phase, stage, jobId, attempts = [], machine }: JobNews,
): Promise<Spent | null> {
  if (attempts.length === 0) return null;
  const run = await runs.get(tenant, runId);
  const priced = machine ?? pricedByPlan(run?.burst, phase);
  if (run === null || priced === null) return null;
  const entries = attempts.map(
    (times, position): CostEntry =>
      costEntry({ ...priced, tenant, runId, phase, stage, jobId, attempt: position + 1 }, times),
  );
  await registry.commit(
    tenant,
    entries.map((entry): Change => ({ kind: 'cost', entry })),
  );
  const capUsd = capOf(run);
  if (priced.usdPerHour === 0 && capUsd === null) return null;
  const { usd } = spendingOf(standingEntries(await costs.list(tenant, runId)), clock.now());
  return { spentUsd: usd, capUsd };
}

/**
 * Batch does not say which machine it chose, nor at what price. The dearest of those that the plan allows, on demand where
 * it may fall back to that, is what is paid at most: a cap that is kept by this figure is kept.
 */
function pricedByPlan(plan: BurstPlan | null | undefined, phase: PhaseSlug): Machine | null {
  const planned = plan?.phases.find((each) => each.phase === phase);
  if (!plan || planned?.region == null) return null;
  const known = instancesIn(PRICES, planned.region);
  const prices = planned.instanceTypes.flatMap((instanceType) => {
    const facts = known[instanceType];
    const spot = plan.spot === 'require' ? facts?.spotUsdPerHour?.[1] : undefined;
    return facts ? [{ instanceType, usdPerHour: spot ?? facts.onDemandUsdPerHour }] : [];
  });
  const [dearest] = prices.sort((a, b) => b.usdPerHour - a.usdPerHour);
  const pricedBy = `at most, by the plan of the run and prices of ${PRICES.asOf}`;
  return dearest ? { ...dearest, purchase: planned.purchase, pricedBy } : null;
}
