/** Whether one runtime says of a probe's tokens what another one said. */
import type { DeploymentProbe } from '#contracts/source/deployment-probe.ts';

export interface Agreement {
  readonly agrees: boolean;
  /** Largest difference of a logit, in natural-log units. */
  readonly largestDifference: number;
  readonly tolerance: number;
  /** Share of places with the same likeliest token. */
  readonly sameChoice: number;
  readonly places: number;
}

function likeliest(row: Float32Array): number {
  let best = 0;
  for (let id = 1; id < row.length; id += 1) if ((row[id] as number) > (row[best] as number)) best = id;
  return best;
}

/** @param pairs what the probe says and what was computed, of each case */
export function agreementOf(
  { vocabRows, tolerance }: Pick<DeploymentProbe, 'vocabRows' | 'tolerance'>,
  pairs: readonly { readonly stated: Float32Array; readonly computed: Float32Array }[],
): Agreement {
  let [largest, same, places] = [0, 0, 0];
  for (const { stated, computed } of pairs) {
    // Other sizes agree on nothing; neither does a number that is none.
    if (stated.length !== computed.length) largest = Number.POSITIVE_INFINITY;
    for (const [place, value] of stated.entries()) {
      const difference = Math.abs(value - (computed[place] ?? Number.NaN));
      if (!(difference <= largest))
        largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
    for (let at = 0; at < stated.length; at += vocabRows, places += 1)
      if (likeliest(stated.subarray(at, at + vocabRows)) === likeliest(computed.subarray(at, at + vocabRows)))
        same += 1;
  }
  const sameChoice = places === 0 ? 0 : same / places;
  const agrees = places > 0 && largest <= tolerance && sameChoice === 1;
  return { agrees, largestDifference: largest, tolerance, sameChoice, places };
}
