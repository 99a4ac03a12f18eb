/**
 * How often to write a checkpoint where a machine may be taken away. All times in seconds.
 *
 * Young (1974), "A first order approximation to the optimum checkpoint interval"; Daly (2006), "A higher order estimate of
 * the optimum checkpoint interval for restart dumps", equation 37.
 */

export interface Interruptions {
  /** Hours of machines that could have been taken away, and how many were. */
  readonly observedHours: number;
  readonly interruptions: number;
}

/** Before anything was observed, one interruption in six hours counts as seen. */
const PRIOR_HOURS = 6;
const PRIOR_COUNT = 1;
/** Shorter ones load the store for nothing; longer ones lose more than a person forgives. */
const SHORTEST = 60;
const LONGEST = 1800;
/** A notice that is usually heeded makes checkpoints rarer, by as much as may be lost when it is not. */
const NOTICE_FACTOR = 2;

export const youngInterval = (write: number, between: number): number => Math.sqrt(2 * write * between);

export function dalyInterval(write: number, between: number): number {
  if (write >= 2 * between) return between;
  const ratio = write / (2 * between);
  return youngInterval(write, between) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - write;
}

/** Mean seconds between interruptions: what was observed, drawn towards the prior while that is little. */
export function meanSecondsBetween({ observedHours, interruptions }: Interruptions): number {
  return ((observedHours + PRIOR_HOURS * PRIOR_COUNT) / (interruptions + PRIOR_COUNT)) * 3600;
}

/** What one second of work takes in the mean: writing, what is done again, and starting again. */
export function expectedSlowdown(facts: {
  readonly write: number;
  readonly interval: number;
  readonly restart: number;
  /** Infinity for a machine that nobody takes away. */
  readonly between: number;
}): number {
  const { write, interval, restart, between } = facts;
  return 1 + write / interval + (interval / 2 + restart) / between;
}

/** Seconds between two checkpoints, whole; the notice of an interruption writes one more. */
export function checkpointInterval(write: number, between: number): number {
  const wanted = NOTICE_FACTOR * youngInterval(write, between);
  return Math.round(Math.min(LONGEST, Math.max(SHORTEST, wanted)));
}
