/** Numbers that look drawn and are the same for the same seed, so that a plan can be made again. */

export type Random = () => number;

/** Uniform in [0, 1): mulberry32, a generator of 32 bits of state. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Time to the next of events that come at random, this often on average. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());
