/** A market of machines that comes from a seed: prices that wander between two bounds, and machines that are taken away. */
import * as z from 'zod';
import { exponential, type Random, seededRandom } from './random.ts';

/** What `FORGE_SPOT` says, as JSON. */
export const spotSettings = z.strictObject({
  seed: z.int().min(0),
  /** Real seconds that stand for an hour of the market: its prices and its interruptions go by that hour. */
  hourSeconds: z.number().gt(0).max(3600),
  /** Mean hours from the start of a machine to its end. */
  meanHours: z.number().gt(0),
  instanceType: z.string(),
  region: z.string(),
  /** Hours of work of a run on one machine that nobody takes away; with a deadline, Spot is left when it would be missed. */
  workHours: z.number().gt(0),
  /** Hours until another machine works. */
  restartHours: z.number().min(0),
});

export type SpotSettings = Readonly<z.output<typeof spotSettings>>;

export interface SpotFeed {
  /** USD an hour of the next machine, and the hours after which it is taken away. */
  next(): { readonly usdPerHour: number; readonly hours: number };
}

/** A step of the wandering price, as a share of what lies between its bounds. */
const STEP = 0.25;

export function spotFeed(seed: number, [low, high]: readonly [number, number], meanHours: number): SpotFeed {
  const random: Random = seededRandom(seed);
  let place = random();
  return {
    next() {
      place = Math.min(1, Math.max(0, place + STEP * (2 * random() - 1)));
      return { usdPerHour: low + place * (high - low), hours: exponential(random, meanHours) };
    },
  };
}
