/** Fewer points that look the same: of every bucket the smallest and the largest value stay, in their order. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * @param points in the order of x
 * @param most at least 4; half as many buckets are made, and the first and last point stay
 */
export function downSample<P extends Point>(points: readonly P[], most: number): readonly P[] {
  if (points.length <= most) return points;
  const inner = points.length - 2;
  const buckets = Math.floor((most - 2) / 2);
  const kept: P[] = [points[0] as P];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = 1 + Math.floor((bucket * inner) / buckets);
    const to = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    kept.push(...extremes(points, from, to));
  }
  kept.push(points.at(-1) as P);
  return kept;
}

function extremes<P extends Point>(points: readonly P[], from: number, to: number): readonly P[] {
  let least = from;
  let most = from;
  for (let at = from; at < to; at += 1) {
    const { y } = points[at] as P;
    if (y < (points[least] as P).y) least = at;
    if (y > (points[most] as P).y) most = at;
  }
  if (least === most) return [points[least] as P];
  return [points[Math.min(least, most)] as P, points[Math.max(least, most)] as P];
}
