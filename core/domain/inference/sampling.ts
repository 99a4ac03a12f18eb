/** One token from a row of logits: temperature, nucleus (top-p; Holtzman et al. 2020, arXiv 1904.09751, section 3.1), seed. */

export interface Sampling {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** The likeliest tokens that together have this share; 1 keeps all. */
  readonly topP: number;
  readonly seed: number;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function seededNumbers(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id += 1)
    if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

/** Likeliest first; of equals the lower id. */
function byLikelihood(weights: Float64Array): number[] {
  const kept = [...weights.keys()].filter((id) => (weights[id] as number) > 0);
  return kept.sort((one, other) => (weights[other] as number) - (weights[one] as number) || one - other);
}

/**
 * @param logits of one place; rows that must not be said stand at -Infinity
 * @param number draws from [0, 1)
 */
export function sampleToken(
  logits: Float32Array,
  { temperature, topP }: Sampling,
  number: () => number,
): number {
  const best = likeliest(logits);
  if (temperature === 0) return best;
  const top = logits[best] as number;
  const weights = Float64Array.from(logits, (value) => Math.exp((value - top) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = topP < 1 ? byLikelihood(weights) : [...weights.keys()];
  let share = 0;
  const nucleus: number[] = [];
  for (const id of order) {
    nucleus.push(id);
    share += weights[id] as number;
    if (topP < 1 && share >= topP * total) break;
  }
  let left = number() * share;
  for (const id of nucleus) {
    left -= weights[id] as number;
    if (left < 0) return id;
  }
  return best;
}
