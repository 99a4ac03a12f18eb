import { type DeploymentSettings, deploymentSettings } from '#contracts/source/phases/deployment.ts';
import { defaultSettings } from '#contracts/source/phases/settings.ts';
import { parseDocument } from '#contracts/source/problems.ts';

const DEFAULTS = defaultSettings('deployment') as DeploymentSettings;

const problems = (change: Partial<Record<keyof DeploymentSettings, unknown>>) => {
  const parsed = parseDocument(deploymentSettings, { ...DEFAULTS, ...change });
  return parsed.ok ? [] : parsed.problems.map(({ pointer, code }) => [pointer, code]);
};

describe('settings of a deployment', () => {
  it('are complete as they stand, for every target', () => {
    for (const target of ['cloud', 'edge']) expect(problems({ target })).toEqual([]);
  });

  it('belong to a target by their name, or to all', () => {
    const own = Object.keys(DEFAULTS).filter((key) => /^(cloud|edge)_/.test(key));
    expect(own.length).toBeGreaterThanOrEqual(8);
  });

  it.each([
    ['a batch size twice', { batches: [1, 8, 1] }, ['/batches', 'duplicate']],
    ['a variant twice', { variants: ['int8', 'int8'] }, ['/variants', 'duplicate']],
    ['no batch size', { batches: [] }, ['/batches', 'out_of_range']],
    ['more least tasks than most', { cloud_least_tasks: 9 }, ['/cloud_least_tasks', 'out_of_range']],
    ['fewer calls than percentiles need', { calls: 19 }, ['/calls', 'out_of_range']],
  ])('are refused with %s', (_, change, problem) => {
    expect(problems(change)).toEqual([problem]);
  });
});
