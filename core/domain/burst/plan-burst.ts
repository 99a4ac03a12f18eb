/**
 * Where and how the phases of a run should be computed: the cheapest machines that fit, and faster or safer ones for as
 * long as the deadline is not met. Pure: the same facts give the same plan.
 */

import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { BurstPlan, PlannedBurstPhase } from '#contracts/source/burst-plan.ts';
import type { RunBudget, RunCompute } from '#contracts/source/compute.ts';
import type { PriceTable } from '#contracts/source/prices.ts';
import type { Interruptions } from './checkpoint-interval.ts';
import { chanceOfDeadline } from './deadline.ts';
import { type Estimate, estimate } from './estimate.ts';
import { localOffer, offersFor, type Probe } from './offer.ts';
import type { PhaseWorkload, Range } from './workload.ts';

export interface BurstFacts {
  readonly compute: RunCompute;
  readonly budget: RunBudget;
  readonly workloads: readonly PhaseWorkload[];
  readonly prices: PriceTable;
  readonly probes: readonly Probe[];
  readonly interruptions: Interruptions;
  readonly seed: number;
}

const SURE_ENOUGH = 0.9;
/** Batch on Spot finds a machine sooner among several types. */
const TYPES = 4;

interface Choice {
  readonly workload: PhaseWorkload;
  readonly chosen: Estimate;
  /** Everything that would do, cheapest first. */
  readonly all: readonly Estimate[];
  readonly because: string;
}

const byCost = (a: Estimate, b: Estimate): number => a.usd[1] - b.usd[1] || a.hours[1] - b.hours[1];
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const sumRange = (ranges: readonly Range[]): [number, number] => [
  sumOf(ranges.map(([low]) => low)),
  sumOf(ranges.map(([, high]) => high)),
];

function burstOptions(facts: BurstFacts, workload: PhaseWorkload): readonly Estimate[] {
  const { compute, budget, prices, probes, interruptions } = facts;
  const { vcpus, memoryMiB, gpus } = jobs.phases[workload.phase];
  const onGpu = gpus > 0;
  const needs = {
    vcpus,
    gpus,
    memoryMiB: onGpu ? memoryMiB : Math.max(memoryMiB, workload.memoryMiB),
    gpuMemoryMiB: onGpu ? workload.memoryMiB : 0,
  };
  const regions = compute.regions ?? [prices.region];
  return offersFor(needs, { prices, regions, probes })
    .filter(({ purchase }) => compute.spot !== 'require' || purchase === 'spot')
    .filter(({ purchase }) => compute.spot !== 'never' || purchase !== 'spot')
    .flatMap((offer) => {
      const maxUsdPerHour = budget.maxUsdPerHour ?? null;
      return estimate({ workload, offer, mode: compute.mode, maxUsdPerHour, interruptions }) ?? [];
    })
    .sort(byCost);
}

function localOption({ compute, interruptions, probes }: BurstFacts, workload: PhaseWorkload): Estimate {
  const wish = {
    workload,
    offer: localOffer(probes),
    mode: compute.mode,
    maxUsdPerHour: null,
    interruptions,
  };
  return estimate(wish) as Estimate;
}

/** Of each strategy the first try; what a deadline wants is looked at afterwards. */
function firstChoice(facts: BurstFacts, workload: PhaseWorkload): Choice | null {
  const { strategy } = facts.compute;
  const local = localOption(facts, workload);
  if (strategy === 'local_only') return { workload, chosen: local, all: [local], because: 'local_only' };
  const burst = burstOptions(facts, workload);
  const [cheapest] = burst;
  if (strategy === 'hybrid')
    return { workload, chosen: local, all: [local, ...burst], because: 'hybrid: this machine costs nothing' };
  if (cheapest) {
    const all = strategy === 'prefer_burst' ? [...burst, local] : burst;
    return { workload, chosen: cheapest, all, because: 'the cheapest machine that fits' };
  }
  if (strategy === 'require_burst') return null;
  return { workload, chosen: local, all: [local], because: 'no rented machine fits the wishes: this one' };
}

const seconds = (estimate: Estimate): number => estimate.hours[1] * 3600;

/** The change of one phase that buys the most time for its money; undefined where none buys any. */
function nextStep(choices: readonly Choice[]): { readonly at: number; readonly to: Estimate } | undefined {
  const steps = choices.flatMap(({ chosen, all }, at) =>
    all
      .filter((other) => seconds(other) < seconds(chosen))
      .map((to) => ({
        at,
        to,
        worth: (seconds(chosen) - seconds(to)) / Math.max(1e-9, to.usd[1] - chosen.usd[1]),
      })),
  );
  return steps.sort((a, b) => b.worth - a.worth)[0];
}

/** Faster machines, one by one, until the run is sure enough to end in time. */
function meetDeadline(
  facts: BurstFacts,
  first: readonly Choice[],
): { choices: readonly Choice[]; chance: number | null } {
  const { deadlineHours } = facts.budget;
  if (deadlineHours === undefined) return { choices: first, chance: null };
  let choices = first;
  let chance = chanceOf(choices, deadlineHours, facts.seed);
  for (let step = nextStep(choices); chance < SURE_ENOUGH && step; step = nextStep(choices)) {
    const { at, to } = step;
    const because = `the deadline of ${deadlineHours} h: ${Math.round(chance * 100)} % in time before`;
    choices = choices.map((choice, index) => (index === at ? { ...choice, chosen: to, because } : choice));
    chance = chanceOf(choices, deadlineHours, facts.seed);
  }
  return { choices, chance };
}

const chanceOf = (choices: readonly Choice[], deadlineHours: number, seed: number): number =>
  chanceOfDeadline(
    choices.map(({ chosen }) => chosen),
    deadlineHours,
    seed,
  );

function phaseOf({ workload, chosen, all, because }: Choice): PlannedBurstPhase {
  const { offer, width, checkpointSeconds, hours, usd } = chosen;
  const local = offer.purchase === 'local';
  const alike = all.filter(
    (other) => other.offer.purchase === offer.purchase && other.offer.region === offer.region,
  );
  const types = [offer.instanceType, ...alike.map((other) => other.offer.instanceType)];
  return {
    phase: workload.phase,
    place: local ? 'local' : 'burst',
    purchase: offer.purchase,
    region: offer.region,
    instanceTypes: [...new Set(types)].slice(0, TYPES),
    width,
    checkpointSeconds,
    hours: [...hours],
    usd: [...usd],
    throughput: {
      basis: offer.speed.basis,
      flopPerSecond: [...offer.speed.flopPerSecond],
      records: [...offer.speed.records],
    },
    because: `${because}; ${workload.because}`,
  };
}

/** Why the plan cannot be followed, in words that say what to change; empty where it can. */
function refusals({ compute, budget }: BurstFacts, usd: Range, chance: number | null): readonly string[] {
  const { maxUsd, deadlineHours } = budget;
  const reasons: string[] = [];
  if (maxUsd !== undefined && usd[0] > maxUsd)
    reasons.push(
      `at least ${usd[0].toFixed(2)} USD are foreseen and maxUsd is ${maxUsd}: raise it, or ask for less`,
    );
  if (chance !== null && chance < SURE_ENOUGH) {
    const spot = compute.spot === 'require' ? ', or let spot be prefer' : '';
    reasons.push(
      `${Math.round(chance * 100)} % of simulated runs end within ${deadlineHours} h, ${SURE_ENOUGH * 100} % are asked for: give it more hours${spot}`,
    );
  }
  return reasons;
}

export function planBurst(facts: BurstFacts): BurstPlan {
  const { compute, budget, prices, workloads } = facts;
  const tried = workloads.map((workload) => firstChoice(facts, workload));
  const missing = workloads.filter((_, index) => tried[index] === null).map(({ phase }) => phase);
  const { choices, chance } = meetDeadline(
    facts,
    tried.filter((choice) => choice !== null),
  );
  const phases = choices.map(phaseOf);
  const usd = sumRange(phases.map((phase) => phase.usd as Range));
  const notFound = missing.map(
    (phase) =>
      `no machine of the price table fits phase ${phase} under spot ${compute.spot} and maxUsdPerHour ${budget.maxUsdPerHour ?? 'none'}`,
  );
  const against = [...notFound, ...refusals(facts, usd, chance)];
  const mayStop =
    budget.maxUsd !== undefined && usd[0] <= budget.maxUsd && usd[1] > budget.maxUsd
      ? [`up to ${usd[1].toFixed(2)} USD are foreseen: the run may be paused at ${budget.maxUsd} USD`]
      : [];
  return {
    verdict: against.length > 0 ? 'infeasible' : 'feasible',
    strategy: compute.strategy,
    mode: compute.mode,
    spot: compute.spot,
    prices: { asOf: prices.asOf, source: prices.source },
    assumed: phases.some(({ throughput }) => throughput.basis === 'assumed'),
    phases,
    hours: sumRange(phases.map((phase) => phase.hours as Range)),
    usd,
    usdPerHour: Math.max(0, ...choices.map(({ chosen }) => chosen.usdPerHour)),
    chanceOfDeadline: chance,
    reasons: [...against, ...mayStop],
  };
}
