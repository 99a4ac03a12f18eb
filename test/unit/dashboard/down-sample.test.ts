import * as fc from 'fast-check';
import { downSample } from '#dashboard/lib/down-sample.ts';

const pointsOf = (values: readonly number[]) => values.map((y, x) => ({ x, y }));

describe('fewer points of a line', () => {
  it('are never more than asked for, begin and end as the line does, and keep its extremes and order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 4, max: 60 }),
        (values, most) => {
          const points = pointsOf(values);
          const kept = downSample(points, most);
          expect(kept.length).toBeLessThanOrEqual(Math.max(most, 4));
          expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
          expect(Math.max(...kept.map(({ y }) => y))).toBe(Math.max(...values));
          expect(Math.min(...kept.map(({ y }) => y))).toBe(Math.min(...values));
          expect(kept.map(({ x }) => x)).toEqual([...kept.map(({ x }) => x)].sort((a, b) => a - b));
        },
      ),
    );
  });
});
