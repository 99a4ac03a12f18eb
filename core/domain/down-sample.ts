/** Fewer points of a series without losing what stands out of it. */

/**
 * At most `most` points: the first, the last, and of each of equally many points between them the smallest and the
 * largest, in their order. Points that are kept are kept as they are; none is made up.
 *
 * @param most at least 4
 */
export function downSample<Point extends { readonly value: number }>(
  points: readonly Point[],
  most: number,
): readonly Point[] {
  const [first] = points;
  const last = points.at(-1);
  if (points.length <= most || !first || !last) return points;
  const buckets = Math.floor((most - 2) / 2);
  const inner = points.length - 2;
  const kept: Point[] = [first];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = 1 + Math.floor((bucket * inner) / buckets);
    const to = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    kept.push(...extremes(points, from, to));
  }
  kept.push(last);
  return kept;
}

function extremes<Point extends { readonly value: number }>(
  points: readonly Point[],
  from: number,
  to: number,
): readonly Point[] {
  let low = from;
  let high = from;
  for (let at = from + 1; at < to; at += 1) {
    const { value } = points[at] as Point;
    if (value < (points[low] as Point).value) low = at;
    if (value > (points[high] as Point).value) high = at;
  }
  return [...new Set([Math.min(low, high), Math.max(low, high)])].map((at) => points[at] as Point);
}
