/** Whether the work is done in time: simulated beforehand, and decided again while it goes on. */
import type { Estimate } from './estimate.ts';
import { exponential, seededRandom } from './random.ts';

const DRAWS = 500;
const HOUR = 3600;

/** One phase's hours: work in pieces of a checkpoint interval; an interruption loses the piece and waits for a machine. */
function drawnHours(estimate: Estimate, random: () => number): number {
  const { workHours, hours, between, restart, checkpointSeconds } = estimate;
  const [low, high] = workHours;
  let left = (low + random() * (high - low)) * HOUR;
  if (!Number.isFinite(between)) return left / HOUR + (hours[0] - low);
  let spent = (hours[0] - low) * HOUR;
  let interruption = exponential(random, between);
  while (left > 0) {
    const piece = Math.min(left, checkpointSeconds);
    if (piece <= interruption) {
      left -= piece;
      spent += piece;
      interruption -= piece;
    } else {
      spent += interruption + restart;
      interruption = exponential(random, between);
    }
    // So many interruptions that no piece is ever finished: it is not in time, and need not be counted out.
    if (spent > 1e9) return Number.POSITIVE_INFINITY;
  }
  return spent / HOUR;
}

/** Share of simulated runs, phase after phase, that take no longer than this. */
export function chanceOfDeadline(phases: readonly Estimate[], deadlineHours: number, seed: number): number {
  const random = seededRandom(seed);
  let inTime = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const hours = phases.reduce((sum, phase) => sum + drawnHours(phase, random), 0);
    if (hours <= deadlineHours) inTime += 1;
  }
  return inTime / DRAWS;
}

/**
 * The rule of uniform progress (Wu et al. 2024, "Can't Be Late", section 4): Spot as long as what is left could still be
 * done in time on a machine that nobody takes away, after one more start.
 */
export function mustLeaveSpot(facts: {
  /** Seconds of work that are left on such a machine. */
  readonly workLeft: number;
  readonly timeLeft: number;
  readonly restart: number;
}): boolean {
  return facts.workLeft >= facts.timeLeft - facts.restart;
}
