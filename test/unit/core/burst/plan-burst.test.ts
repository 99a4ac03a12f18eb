import presets from '#contracts/presets.json' with { type: 'json' };
import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import { type RunBudget, runCompute } from '#contracts/source/compute.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { PRICES } from '#contracts/source/prices.ts';
import { mustLeaveSpot } from '#core/domain/burst/deadline.ts';
import type { Probe } from '#core/domain/burst/offer.ts';
import { planBurst } from '#core/domain/burst/plan-burst.ts';
import { shapeOf, workloadOf } from '#core/domain/burst/workload.ts';
import { resolveSettings } from '#core/domain/resolve.ts';

const base = presets.presets.find(({ name }) => name === 'base-25m')?.config as Record<string, object>;
const settings = (phase: PhaseSlug) => resolveSettings(phase, [base[phase] as Record<string, unknown>]);
const shape = shapeOf(settings('cognate'));
const PHASES: readonly PhaseSlug[] = ['cognate', 'evomerge', 'training'];

function planOf(
  compute: Readonly<Record<string, unknown>> = {},
  budget: RunBudget = {},
  probes: readonly Probe[] = [],
  interruptions = { observedHours: 0, interruptions: 0 },
): BurstPlan {
  const workloads = PHASES.map((phase) => workloadOf(phase, settings(phase), shape));
  return planBurst({
    compute: runCompute.parse(compute),
    budget,
    workloads,
    prices: PRICES,
    probes,
    interruptions,
    seed: 3,
  });
}

const purchases = ({ phases }: BurstPlan) => phases.map(({ purchase }) => purchase);

test('the work of a phase is six operations per parameter and token, counted by hand', () => {
  const { serialFlop, sharedFlop, width, tokens } = workloadOf('cognate', settings('cognate'), shape);
  const { steps, batch_size, seq_len, base_fraction, act_n_max } = settings('cognate') as Record<
    string,
    number
  >;
  const all = (steps as number) * (batch_size as number) * (seq_len as number);
  expect(tokens).toBe(all * ((base_fraction as number) + 3 * (1 - (base_fraction as number))));
  expect(serialFlop[0]).toBeCloseTo(6 * shape.parameters * all * (base_fraction as number));
  expect(sharedFlop[1] / sharedFlop[0]).toBe(act_n_max);
  expect(width).toBe(3);
});

test('the cheapest machine that fits is chosen, on Spot where its price is known', () => {
  const plan = planOf();
  expect(plan.verdict).toBe('feasible');
  expect(purchases(plan)).toEqual(['spot', 'spot', 'spot']);
  expect(plan.usd[1]).toBeLessThan(planOf({ spot: 'never' }).usd[1]);
});

test('another region is used when it is allowed and cheaper', () => {
  const [first] = planOf({ regions: ['us-east-1', 'us-east-2'] }).phases;
  expect(first).toMatchObject({ region: 'us-east-2', instanceTypes: ['g6.xlarge'] });
});

test('a table of speeds makes the whole estimate assumed; a probe of every machine in it does not', () => {
  expect(planOf().assumed).toBe(true);
  const all = [
    { instanceType: 'local', flopPerSecond: 2e10, records: ['run/cognate/base/job/1/base/job_seconds'] },
  ];
  const local = planOf({ strategy: 'local_only' }, {}, all);
  expect(local.assumed).toBe(false);
  expect(local.phases[0]?.throughput).toEqual({
    basis: 'measured',
    flopPerSecond: [2e10, 2e10],
    records: ['run/cognate/base/job/1/base/job_seconds'],
  });
  // It says nothing about a machine that it did not run on.
  expect(planOf({}, {}, all).assumed).toBe(true);
});

test('a deadline that Spot would miss is met on demand, and the chance is simulated', () => {
  const relaxed = planOf({}, { deadlineHours: 500 });
  expect(purchases(relaxed)).toEqual(['spot', 'spot', 'spot']);
  expect(relaxed.chanceOfDeadline).toBeGreaterThanOrEqual(0.9);
  const stormy = { observedHours: 50, interruptions: 400 };
  const hurried = planOf({}, { deadlineHours: 12 }, [], stormy);
  expect(purchases(hurried)).toContain('on-demand');
  expect(hurried.chanceOfDeadline).toBeGreaterThanOrEqual(0.9);
  expect(hurried.phases.find(({ purchase }) => purchase === 'on-demand')?.because).toMatch(
    'deadline of 12 h',
  );
  const stubborn = planOf({ spot: 'require' }, { deadlineHours: 5 }, [], stormy);
  expect(stubborn.verdict).toBe('infeasible');
  expect(stubborn.reasons.join()).toMatch('let spot be prefer');
});

test('no plan costs more in an hour than it may, and one that cannot be paid for is refused', () => {
  const narrow = planOf({}, { maxUsdPerHour: 1 });
  expect(narrow.phases[0]?.width).toBe(2);
  expect(narrow.usdPerHour).toBeLessThanOrEqual(1);
  const none = planOf({ strategy: 'require_burst' }, { maxUsdPerHour: 0.01 });
  expect(none.verdict).toBe('infeasible');
  expect(none.reasons[0]).toMatch('maxUsdPerHour 0.01');
  expect(planOf({}, { maxUsd: 0.1 }).reasons[0]).toMatch('maxUsd is 0.1');
});

test('more than the least that is foreseen but less than the most is allowed, and said', () => {
  const plan = planOf({}, { maxUsd: 10 });
  expect(plan.verdict).toBe('feasible');
  expect(plan.reasons.join()).toMatch('may be paused at 10 USD');
});

test.each([
  ['local_only', {}, ['local', 'local', 'local']],
  ['prefer_burst', {}, ['spot', 'spot', 'spot']],
  ['prefer_burst', { maxUsdPerHour: 0.01 }, ['local', 'local', 'local']],
  ['hybrid', {}, ['local', 'local', 'local']],
])('strategy %s under %o puts phases at %o', (strategy, budget, places) => {
  expect(purchases(planOf({ strategy }, budget))).toEqual(places);
});

test('hybrid leaves this machine for those phases only that would miss the deadline on it', () => {
  const plan = planOf({ strategy: 'hybrid' }, { deadlineHours: 40 });
  expect(plan.verdict).toBe('feasible');
  expect(new Set(purchases(plan))).toContain('spot');
});

test('modes: single takes longest, redundant costs twice, pipeline starts once', () => {
  const [single, parallel, redundant, pipeline] = ['single', 'parallel', 'redundant', 'pipeline'].map(
    (mode) => planOf({ mode }),
  ) as [BurstPlan, BurstPlan, BurstPlan, BurstPlan];
  expect(single.phases.map(({ width }) => width)).toEqual([1, 1, 1]);
  expect(single.hours[1]).toBeGreaterThan(parallel.hours[1]);
  expect(redundant.usd[0]).toBeCloseTo(2 * parallel.usd[0], 6);
  expect(redundant.hours[1]).toBeLessThan(parallel.hours[1]);
  expect(pipeline.hours[0]).toBeLessThan(parallel.hours[0]);
});

test('the same facts give the same plan', () => {
  expect(planOf({}, { deadlineHours: 20 })).toEqual(planOf({}, { deadlineHours: 20 }));
});

test('Spot is left when one more start would be one too many', () => {
  expect(mustLeaveSpot({ workLeft: 100, timeLeft: 200, restart: 90 })).toBe(false);
  expect(mustLeaveSpot({ workLeft: 100, timeLeft: 200, restart: 100 })).toBe(true);
});
