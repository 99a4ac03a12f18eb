import fc from 'fast-check';
import { downSample } from '#core/domain/down-sample.ts';

const seriesOf = (values: readonly number[]) => values.map((value, step) => ({ step, value }));
const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3000 });

describe('a down-sampled series', () => {
  it('holds at most as many points as asked for, all of them of the series and in its order', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 200 }), (numbers, most) => {
        const points = seriesOf(numbers);
        const kept = downSample(points, most);
        expect(kept.length).toBe(points.length <= most ? points.length : kept.length);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(kept.every((point) => points[point.step] === point)).toBe(true);
        expect(kept.every((point, at) => at === 0 || point.step > (kept[at - 1]?.step ?? -1))).toBe(true);
      }),
    );
  });

  it('keeps the first, the last, the smallest and the largest value', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 200 }), (numbers, most) => {
        const kept = downSample(seriesOf(numbers), most).map(({ value }) => value);
        expect([kept[0], kept.at(-1)]).toEqual([numbers[0], numbers.at(-1)]);
        const [least, largest] = [Math.min(...numbers), Math.max(...numbers)];
        expect([Math.min(...kept), Math.max(...kept)]).toEqual([least, largest]);
      }),
    );
  });

  it('keeps a single spike among a hundred thousand points', () => {
    const points = seriesOf(Array.from({ length: 100_000 }, (_, step) => (step === 71_234 ? 9 : 0)));
    const kept = downSample(points, 2000);
    expect(kept.find(({ value }) => value === 9)?.step).toBe(71_234);
    expect(kept.length).toBeLessThanOrEqual(2000);
  });
});
