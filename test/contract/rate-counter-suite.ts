/** What every counter of requests promises. */
import { type RateCounter, WINDOW_SECONDS } from '#core/ports/rate-counter.ts';
import { OTHER, TENANT } from './records.ts';

const WINDOW = 1_772_366_400;
const AT_ONCE = 20;

export function rateCounterSuite(
  name: string,
  make: () => Promise<{ readonly rateCounter: RateCounter; close(): Promise<void> }>,
): void {
  describe(`the ${name} counter of requests`, () => {
    it('gives each of twenty requests at once a number of its own, per tenant and per window', async () => {
      const { rateCounter, close } = await make();
      const counted = await Promise.all(
        Array.from({ length: AT_ONCE }, () => rateCounter.count(TENANT, WINDOW)),
      );
      expect([...counted].sort((one, other) => one - other)).toEqual(
        Array.from({ length: AT_ONCE }, (_, at) => at + 1),
      );
      expect(await rateCounter.count(OTHER, WINDOW)).toBe(1);
      expect(await rateCounter.count(TENANT, WINDOW + WINDOW_SECONDS)).toBe(1);
      expect(await rateCounter.count(TENANT, WINDOW + WINDOW_SECONDS)).toBe(2);
      await close();
    });
  });
}
