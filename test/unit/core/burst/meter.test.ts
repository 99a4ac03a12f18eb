/** The meter against a hundred simulated runs: whatever their jobs do, no cap is passed by more than a billing step. */
import { seededRandom } from '#core/domain/burst/random.ts';
import {
  type BillingStep,
  billingStepUsd,
  type CostEntry,
  mustStop,
  spendingOf,
  standingEntries,
  usdOf,
} from '#core/domain/cost-entry.ts';
import { costOf } from '#test/contract/cost-tests.ts';

const STEP: BillingStep = { lookSeconds: 60, graceSeconds: 30 };
const EPOCH = Date.UTC(2026, 2, 1);

interface SimulatedJob {
  readonly start: number;
  readonly seconds: number;
  readonly usdPerHour: number;
}

interface Simulated {
  readonly spent: number;
  readonly stoppedAt: number | null;
  readonly dearestHour: number;
  readonly wanted: number;
}

/** Looks come late by up to a fifth of their period, as a clock of another service does; a stopped job takes all its grace. */
function simulate(seed: number, cap: number): Simulated {
  const random = seededRandom(seed);
  const jobs = Array.from({ length: 1 + Math.floor(random() * 12) }, (): SimulatedJob => {
    const usdPerHour = 0.1 + random() * 6;
    return { start: random() * 3600, seconds: 60 + random() * 7200, usdPerHour };
  });
  const entries = (now: number, stop: number | null): readonly CostEntry[] =>
    jobs.flatMap(({ start, seconds, usdPerHour }, index) => {
      // What had not begun when the run was stopped never begins.
      if (start > now || (stop !== null && start > stop)) return [];
      const end = Math.min(
        start + seconds,
        stop === null ? Number.POSITIVE_INFINITY : stop + STEP.graceSeconds,
      );
      const facts = { jobId: `job-${index}`, usdPerHour };
      const begun = { ...costOf(facts), startedAt: new Date(EPOCH + start * 1000).toISOString() };
      const ended = {
        ...begun,
        id: `job-${index}/1/ended`,
        stoppedAt: new Date(EPOCH + end * 1000).toISOString(),
      };
      return end <= now ? [ended, begun] : [begun];
    });
  const at = (seconds: number) => new Date(EPOCH + seconds * 1000);
  const sum = (now: number, stop: number | null) => spendingOf(standingEntries(entries(now, stop)), at(now));
  let stoppedAt: number | null = null;
  for (let now = 0; now < 20_000 && stoppedAt === null; now += STEP.lookSeconds * (1 - 0.2 * random())) {
    if (mustStop(sum(now, null), cap, STEP)) stoppedAt = now;
  }
  const dearestHour = jobs.reduce((total, { usdPerHour }) => total + usdPerHour, 0);
  return { spent: sum(1e6, stoppedAt).usd, stoppedAt, dearestHour, wanted: sum(1e6, null).usd };
}

test('no cap is passed by more than one billing step in 100 simulated runs, and some of them are stopped', () => {
  const runs = Array.from({ length: 100 }, (_, seed) => ({
    cap: 0.2 + (seed % 10),
    ...simulate(seed, 0.2 + (seed % 10)),
  }));
  for (const { cap, spent, dearestHour, wanted, stoppedAt } of runs) {
    expect(spent).toBeLessThanOrEqual(cap + billingStepUsd(dearestHour, STEP));
    // A run that would have stayed below its cap by more than a step is left alone.
    if (wanted <= cap - billingStepUsd(dearestHour, STEP)) expect(stoppedAt).toBeNull();
    if (wanted > cap + billingStepUsd(dearestHour, STEP)) expect(stoppedAt).not.toBeNull();
  }
  const stopped = runs.filter(({ stoppedAt }) => stoppedAt !== null).length;
  expect(stopped).toBeGreaterThan(20);
  expect(stopped).toBeLessThan(100);
});

test('late news of a beginning does not reopen what has ended', () => {
  const begun = costOf();
  const ended = costOf({}, EPOCH + 3_600_000);
  const later = new Date(EPOCH + 9e6);
  for (const order of [
    [begun, ended],
    [ended, begun],
    [ended, begun, ended],
  ]) {
    const standing = standingEntries(order);
    expect(standing).toHaveLength(1);
    expect(standing.map((entry) => usdOf(entry, later))).toEqual([0.36]);
  }
});
