import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { PRICES, priceTable } from '#contracts/source/prices.ts';
import { readStageConfig } from '#infra/config/read-stage-config.ts';
import { parseStageConfig } from '#infra/config/stage-config.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const fileOf = (stage: string) => join(PROJECT, 'infra/config', `${stage}.json`);
const dev = () => JSON.parse(JSON.stringify(readStageConfig(fileOf('dev'))));
const problemsOf = (change: (config: ReturnType<typeof dev>) => void): string => {
  const config = dev();
  change(config);
  try {
    parseStageConfig('my.json', config);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

afterAll(removeFixtures);

describe('the stages of this repository', () => {
  it.each(['dev', 'prod'])('%s can be deployed, and names itself', (stage) => {
    expect(readStageConfig(fileOf(stage)).stage).toBe(stage);
  });

  it('protect data in production and spend less while developing', () => {
    const [small, large] = ['dev', 'prod'].map((stage) => readStageConfig(fileOf(stage)));
    expect([small?.protectData, large?.protectData]).toEqual([false, true]);
    expect(small?.budget.monthlyUsd).toBeLessThan(large?.budget.monthlyUsd ?? 0);
  });
});

describe('a configuration that cannot be deployed', () => {
  it('is answered with the file, the place, what came and what was expected', () => {
    const message = problemsOf((config) => {
      config.budget.monthlyUsd = -1;
    });
    expect(message).toMatch(/^my\.json cannot be deployed:/);
    expect(message).toContain('/budget/monthlyUsd');
    expect(message).toContain('received -1');
  });

  it('is answered with the name that was meant', () => {
    const message = problemsOf((config) => {
      config.protectDatta = true;
    });
    expect(message).toContain('did you mean protectData?');
  });

  it('lists everything that is wrong at once', () => {
    const message = problemsOf((config) => {
      config.stage = 'Not A Stage';
      config.region = 'moon';
    });
    expect(message).toContain('/stage');
    expect(message).toContain('/region');
  });

  it.each([
    [
      'fewer than six types of GPU instances',
      (c: ReturnType<typeof dev>) => c.compute.gpuInstanceTypes.pop(),
      '/compute/gpuInstanceTypes',
    ],
    [
      'an instance type without a price',
      (c: ReturnType<typeof dev>) => c.compute.gpuInstanceTypes.push('g9.xlarge'),
      '/compute/gpuInstanceTypes/6',
    ],
    [
      'a CPU instance among the GPU ones',
      (c: ReturnType<typeof dev>) => c.compute.gpuInstanceTypes.push('m7i.2xlarge'),
      'm7i.2xlarge has 0 GPUs',
    ],
    [
      'a GPU instance among the CPU ones',
      (c: ReturnType<typeof dev>) => c.compute.cpuInstanceTypes.push('g5.xlarge'),
      'move it to the other list',
    ],
    [
      'an own network without its id',
      (c: ReturnType<typeof dev>) => (c.network = { mode: 'existing' }),
      '/network',
    ],
    ['an e-mail address that is none', (c: ReturnType<typeof dev>) => (c.notify = ['me']), '/notify/0'],
  ])('is one with %s', (_, change, expected) => {
    expect(problemsOf(change)).toContain(expected);
  });

  it('is a file that is not there or not JSON, and says which', () => {
    const folder = fixtureTree({ 'half.json': '{"stage":' });
    expect(() => readStageConfig(join(folder, 'none.json'))).toThrow(
      /none\.json cannot be deployed[\s\S]*ENOENT/,
    );
    expect(() => readStageConfig(join(folder, 'half.json'))).toThrow(/half\.json cannot be deployed/);
    writeFileSync(join(folder, 'half.json'), '[]');
    expect(() => readStageConfig(join(folder, 'half.json'))).toThrow(/cannot be deployed/);
  });
});

describe('the price table', () => {
  it('is dated, names its source and has a range from low to high', () => {
    expect(Number.isNaN(Date.parse(PRICES.asOf))).toBe(false);
    expect(PRICES.source.length).toBeGreaterThan(20);
    for (const { spotUsdPerHour, onDemandUsdPerHour } of Object.values(PRICES.instances)) {
      const [low, high] = spotUsdPerHour ?? [onDemandUsdPerHour, onDemandUsdPerHour];
      expect(low).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(onDemandUsdPerHour);
    }
  });

  it('refuses a table without a date', () => {
    expect(priceTable.safeParse({ ...PRICES, asOf: 'lately' }).success).toBe(false);
  });

  it('has a type that holds the largest job', () => {
    const most = Math.max(...Object.values(jobs.phases).map(({ memoryMiB }) => memoryMiB));
    expect(Object.values(PRICES.instances).some(({ memoryMiB }) => memoryMiB - 2048 >= most)).toBe(true);
  });
});
