import type { Retrier } from './definition.ts';
import type { StateFailure } from './failure.ts';

/**
 * Does one of the names in `ErrorEquals` match?
 * `States.ALL` matches everything but what only its own name matches, `States.TaskFailed` everything but a timeout;
 * `States.Runtime` is never matched: such an execution always fails.
 */
export function matchesError(names: string[], failure: StateFailure): boolean {
  const { error, details } = failure;
  if (error === 'States.Runtime') return false;
  if (error !== undefined && names.includes(error)) return true;
  if (details.heartbeat && names.includes('States.HeartbeatTimeout')) return true;
  if (details.explicitOnly) return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}

/** Counts the retries of one visit to a state, each retrier by itself. */
export class RetryCounter {
  private readonly retriers: Retrier[];
  private readonly used: number[];

  constructor(retriers: Retrier[]) {
    this.retriers = retriers;
    this.used = retriers.map(() => 0);
  }

  /** Seconds until the next attempt, or undefined when the failure must not be retried (any more). */
  nextDelaySeconds(failure: StateFailure, random: () => number): number | undefined {
    const index = this.retriers.findIndex((retrier) => matchesError(retrier.errorEquals, failure));
    const retrier = this.retriers[index];
    const used = this.used[index] ?? 0;
    if (!retrier || used >= retrier.maxAttempts) return undefined;
    this.used[index] = used + 1;
    const delay = Math.min(retrier.intervalSeconds * retrier.backoffRate ** used, retrier.maxDelaySeconds);
    return retrier.jitter ? delay * random() : delay;
  }
}
