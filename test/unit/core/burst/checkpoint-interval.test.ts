import {
  checkpointInterval,
  dalyInterval,
  expectedSlowdown,
  meanSecondsBetween,
  youngInterval,
} from '#core/domain/burst/checkpoint-interval.ts';
import { exponential, seededRandom } from '#core/domain/burst/random.ts';

// The published setting: interruptions in an hour on average, 20 s to write, 180 s to start again.
const HOURLY = { write: 20, between: 3600, restart: 180 };

/** Slowdown of one simulated job, by counting seconds: nothing of the formula is used. */
function simulated(
  interval: number,
  { write, between, restart }: typeof HOURLY,
  random: () => number,
): number {
  const work = 8 * 3600;
  let [done, kept, clock, since] = [0, 0, 0, 0];
  let next = exponential(random, between);
  while (kept < work) {
    const piece = Math.min(interval - since, work - done);
    const writes = since + piece >= interval && done + piece < work ? write : 0;
    if (clock + piece + writes > next) {
      clock = next + restart;
      done = kept;
      since = 0;
      next = clock + exponential(random, between);
      continue;
    }
    clock += piece + writes;
    done += piece;
    since = 0;
    kept = done;
  }
  return clock / work;
}

test("Young's and Daly's intervals are those of the papers' equations", () => {
  expect(youngInterval(20, 3600)).toBeCloseTo(379.47, 2);
  expect(dalyInterval(20, 3600)).toBeCloseTo(379.47 * (1 + Math.sqrt(20 / 7200) / 3 + 20 / 7200 / 9) - 20, 1);
  expect(dalyInterval(100, 40)).toBe(40);
});

test.each([
  [HOURLY, 1.155],
  [{ write: 10, between: 1800, restart: 120 }, 1.172],
  [{ write: 60, between: 7200, restart: 300 }, 1.171],
])('the expected slowdown at the interval of Young is the one of the formula: %o', (setting, slowdown) => {
  const interval = youngInterval(setting.write, setting.between);
  expect(expectedSlowdown({ ...setting, interval })).toBeCloseTo(slowdown, 2);
});

test('a simulation that knows no formula is slowest far from that interval, and within three percent of it there', () => {
  const at = (factor: number) => {
    const random = seededRandom(7);
    const draws = Array.from({ length: 300 }, () => simulated(379.47 * factor, HOURLY, random));
    return draws.reduce((sum, value) => sum + value, 0) / draws.length;
  };
  expect(at(1)).toBeLessThan(at(1 / 8));
  expect(at(1)).toBeLessThan(at(8));
  expect(Math.abs(at(1) / 1.155 - 1)).toBeLessThan(0.03);
});

test('what was observed moves the estimate away from one interruption in six hours', () => {
  expect(meanSecondsBetween({ observedHours: 0, interruptions: 0 })).toBe(6 * 3600);
  expect(meanSecondsBetween({ observedHours: 94, interruptions: 0 })).toBe(100 * 3600);
  expect(meanSecondsBetween({ observedHours: 4, interruptions: 9 })).toBe(3600);
});

test('the interval is twice that of Young, and neither below a minute nor above half an hour', () => {
  expect(checkpointInterval(4, 6 * 3600)).toBe(Math.round(2 * Math.sqrt(2 * 4 * 6 * 3600)));
  expect(checkpointInterval(0.01, 60)).toBe(60);
  expect(checkpointInterval(600, 1e6)).toBe(1800);
});
