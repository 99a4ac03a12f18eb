/** Waiting between tries: exponential, with full jitter, so that those who collided do not collide again. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits before the next try; false when the tries are used up. */
export type Backoff = (tries: number) => Promise<boolean>;

export interface BackoffLimits {
  readonly tries: number;
  readonly baseMs: number;
  readonly capMs: number;
}

/** @param random between 0 and 1. @default chance */
export function fullJitter(
  { tries: most, baseMs, capMs }: BackoffLimits,
  random: () => number = Math.random,
): Backoff {
  return async (tries) => {
    if (tries >= most) return false;
    await sleep(random() * Math.min(capMs, baseMs * 2 ** tries));
    return true;
  };
}
