/** Every bench works: it runs with tiny counts and leaves well-formed records. What it measured then counts for nothing. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fixtureTree, PROJECT } from '#test/support/fixture-tree.ts';
import { type BenchRecord, type Figure, quantile, recordsOf } from '../../../scripts/bench/record.ts';

const BENCHES = [
  'control-plane',
  'api',
  'first-event',
  'event-fan-out',
  'sockets',
  'registry-list',
  'load',
  'fan-out',
  'job-start',
  'training',
  'merge',
  'ternary',
  'bundles',
];
const MAIN = join(PROJECT, 'scripts/bench/main.mjs');

interface Report {
  readonly broken: readonly string[];
  readonly records: readonly BenchRecord[];
}

describe('npm run bench', () => {
  test('measures every bench beside its limit and says what was met', async () => {
    const file = join(fixtureTree({ '.keep': '' }), 'records.json');
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--quick', '--json', file]);
    const { broken, records } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    expect(broken).toEqual([]);
    expect([...new Set(records.map(({ bench }) => bench))]).toEqual(BENCHES);
    for (const { name, value, limit, ratio, floor, aim } of records) {
      expect(stdout).toContain(name);
      for (const { median, min, max, samples } of [value, limit ?? value, ratio ?? value]) {
        expect(median).toBeGreaterThan(0);
        expect([min <= median, median <= max, samples > 0]).toEqual([true, true, true]);
      }
      for (const target of [floor, aim]) {
        if (target?.of === 'ratio') expect(ratio).not.toBeNull();
      }
    }
  }, 300_000);

  test('says which benches there are when a name is wrong', async () => {
    const failure = await promisify(execFile)(process.execPath, [MAIN, 'controlplane']).catch(
      (error) => error,
    );
    expect([failure.code, failure.stderr]).toEqual([2, expect.stringContaining('control-plane, api')]);
  });
});

describe('records', () => {
  const figure: Figure = {
    name: 'speed',
    unit: 's',
    values: [2, 4, 9],
    limit: { what: 'the least there is', values: [1, 4, 3] },
    floor: { of: 'ratio', op: '<=', bound: 2 },
    aim: { of: 'value', op: '<=', bound: 3.9 },
  };

  test('compare each value with the limit of its own turn', () => {
    const [record] = recordsOf('b', [[figure]]);
    expect(record?.ratio).toEqual({ median: 2, min: 1, max: 3, samples: 3 });
    expect([record?.floor?.met, record?.aim?.met]).toEqual([true, false]);
  });

  test('put the processes of one bench together', () => {
    const again = { ...figure, values: [1], limit: { what: 'the least there is', values: [2] } };
    const [record, ...others] = recordsOf('b', [[figure], [again]]);
    expect([record?.value.samples, record?.ratio?.min, others]).toEqual([4, 0.5, []]);
  });

  test('refuse a figure that was not measured', () => {
    expect(() => recordsOf('b', [[{ ...figure, values: [1, Number.NaN, 2] }]])).toThrow(/no finite values/);
    expect(() => recordsOf('b', [[{ ...figure, values: [1] }]])).toThrow(/1 values but 3 limits/);
  });

  test.each([
    [[1, 2, 3, 4], 0.5, 2],
    [[5], 0.95, 5],
    [[4, 1, 3, 2], 1, 4],
  ])('of %j, share %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });
});
