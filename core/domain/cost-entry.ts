/**
 * What attempts of jobs cost: one entry when an attempt begins and one when it has ended, neither ever changed. A sum is
 * made from entries alone, each under its own id, so that no figure is without the record it came from.
 */
import type { Purchase } from '#contracts/source/burst-plan.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

/** What an attempt runs on, and at what price an hour. */
export interface Machine {
  readonly instanceType: string;
  readonly purchase: Purchase;
  readonly usdPerHour: number;
  /** Where the price comes from: a feed, the plan of the run, or nowhere because nothing is paid. */
  readonly pricedBy: string;
}

export interface CostEntry extends Machine {
  readonly schemaVersion: 1;
  /** `<job>/<attempt>/begun` or `<job>/<attempt>/ended`. */
  readonly id: string;
  readonly tenant: string;
  readonly runId: string;
  readonly phase: PhaseSlug;
  readonly stage: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly startedAt: string;
  /** Null in the entry of its beginning. */
  readonly stoppedAt: string | null;
}

export interface AttemptTimes {
  readonly startedAt: number;
  readonly stoppedAt: number | null;
}

/** Attempts that ran, in order, and the one that runs, in the words of a job's description. One that never began cost nothing. */
export function attemptTimes(
  ended: readonly { readonly startedAt?: number | undefined; readonly stoppedAt?: number | undefined }[],
  runningSince: number | undefined,
): readonly AttemptTimes[] {
  const over = ended.flatMap(({ startedAt, stoppedAt }) =>
    startedAt === undefined || stoppedAt === undefined ? [] : [{ startedAt, stoppedAt }],
  );
  return runningSince === undefined ? over : [...over, { startedAt: runningSince, stoppedAt: null }];
}

const HOUR_MS = 3_600_000;

export function costEntry(
  facts: Omit<CostEntry, 'schemaVersion' | 'id' | 'startedAt' | 'stoppedAt'>,
  { startedAt, stoppedAt }: AttemptTimes,
): CostEntry {
  const state = stoppedAt === null ? 'begun' : 'ended';
  return {
    schemaVersion: 1,
    id: `${facts.jobId}/${facts.attempt}/${state}`,
    ...facts,
    startedAt: new Date(startedAt).toISOString(),
    stoppedAt: stoppedAt === null ? null : new Date(stoppedAt).toISOString(),
  };
}

/** One entry per attempt: that of its end, where there is one, whichever came first. */
export function standingEntries(entries: readonly CostEntry[]): readonly CostEntry[] {
  const standing = new Map<string, CostEntry>();
  for (const entry of entries) {
    const key = `${entry.jobId}/${entry.attempt}`;
    if (standing.get(key)?.stoppedAt == null) standing.set(key, entry);
  }
  return [...standing.values()];
}

/** Up to now, for one that still runs. */
export function hoursOf({ startedAt, stoppedAt }: CostEntry, now: Date): number {
  const end = stoppedAt === null ? now.getTime() : Date.parse(stoppedAt);
  return Math.max(0, end - Date.parse(startedAt)) / HOUR_MS;
}

export const usdOf = (entry: CostEntry, now: Date): number => hoursOf(entry, now) * entry.usdPerHour;

export interface Spending {
  readonly usd: number;
  readonly machineHours: number;
  /** What the machines at work now cost in an hour. */
  readonly usdPerHour: number;
  readonly attempts: number;
}

/** @param entries standing ones */
export function spendingOf(entries: readonly CostEntry[], now: Date): Spending {
  return entries.reduce(
    (sum, entry) => ({
      usd: sum.usd + usdOf(entry, now),
      machineHours: sum.machineHours + hoursOf(entry, now),
      usdPerHour: sum.usdPerHour + (entry.stoppedAt === null ? entry.usdPerHour : 0),
      attempts: sum.attempts + 1,
    }),
    { usd: 0, machineHours: 0, usdPerHour: 0, attempts: 0 },
  );
}

/** Between the look of the meter that stops a run and the last second it pays for. */
export interface BillingStep {
  /** Seconds from one look to the next. */
  readonly lookSeconds: number;
  /** Seconds that a job has for its checkpoint after it was asked to end. */
  readonly graceSeconds: number;
}

/** A billing step of machines at this price: what may be spent between a look and the end that the next one asks for. */
export const billingStepUsd = (usdPerHour: number, { lookSeconds, graceSeconds }: BillingStep): number =>
  (usdPerHour * (lookSeconds + graceSeconds)) / 3600;

/**
 * Stops as soon as one step more could pass the cap. What starts between two looks was not foreseen, and costs one step
 * at most.
 */
export const mustStop = ({ usd, usdPerHour }: Spending, capUsd: number, step: BillingStep): boolean =>
  usd >= capUsd || usd + billingStepUsd(usdPerHour, step) > capUsd;
