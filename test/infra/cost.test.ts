/** What `forge infra cost` prints: every figure from the price table, the configuration or a named assumption. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRICES } from '#contracts/source/prices.ts';
import assumptions from '#infra/cost/assumptions.json' with { type: 'json' };
import { type CostReport, costReport, costText } from '#infra/cost/cost-report.ts';
import { alarmMetrics, IDLE_LIMIT_USD, ISOLATED_ENDPOINTS, idleCost, sumOf } from '#infra/cost/idle-cost.ts';
import { runCosts } from '#infra/cost/run-cost.ts';
import { fixtureTree, PROJECT } from '#test/support/fixture-tree.ts';
import { COMMITTED, fixtureAssets } from './fixture-assets.ts';
import { devConfig, synthesise } from './synthesised-stage.ts';

// Two of them start a process, on a machine that may have much else to do.
jest.setTimeout(60_000);

const seconds = { cognate: [3600], evomerge: [1800, 1800] };
const reportOf = (now: string): CostReport =>
  costReport({
    path: 'dev.json',
    config: devConfig(),
    prices: PRICES,
    demoSeconds: seconds,
    now: new Date(now),
  });

const monthly = (network: ReturnType<typeof devConfig>['network']) =>
  idleCost({ ...devConfig(), network }, PRICES);

describe('the idle cost of a stage', () => {
  it('stays within five dollars a month as the stage is offered, which the lines add up to', () => {
    const { idle } = reportOf('2026-12-01');
    expect(IDLE_LIMIT_USD).toBe(5);
    expect(idle.usdPerMonth).toBeLessThanOrEqual(IDLE_LIMIT_USD);
    expect(idle.usdPerMonth).toBeCloseTo(sumOf(idle.lines));
    expect(idle.withinLimit).toBe(true);
  });

  it('names for each line its price in the table, and calls assumed what nobody measured', () => {
    for (const line of idleCost(devConfig(), PRICES)) {
      expect(line.usdPerUnit).toBe(PRICES.idle[line.price]?.usd);
      const free = PRICES.idle[line.price]?.freeUnits ?? 0;
      expect(line.usd).toBeCloseTo(Math.max(0, line.quantity - free) * line.usdPerUnit);
    }
    const guessed = idleCost(devConfig(), PRICES).filter(({ basis }) => basis === 'assumed');
    expect(guessed.map(({ quantity }) => quantity).sort()).toEqual(
      ['imageGb', 'objectGb', 'tableGb', 'tableGb', 'logGb']
        .map((key) => assumptions.idle[key as 'imageGb'].value)
        .sort(),
    );
  });

  it('says what a way out of a closed network costs, and that such a stage is above the goal', () => {
    const nat =
      sumOf(monthly({ mode: 'nat', maxZones: 3 })) - sumOf(monthly({ mode: 'public', maxZones: 3 }));
    expect(nat).toBeCloseTo(730 * (0.045 + 0.005));
    const isolated = sumOf(monthly({ mode: 'isolated', maxZones: 2 }));
    expect(isolated).toBeGreaterThan(730 * 0.01 * ISOLATED_ENDPOINTS * 2);
    const { idle } = costReport({
      path: 'x',
      config: { ...devConfig(), network: { mode: 'nat', maxZones: 3 } },
      prices: PRICES,
      demoSeconds: seconds,
      now: new Date(),
    });
    expect(idle.withinLimit).toBe(false);
  });

  it('counts what the templates hold: alarms by their metrics, endpoints, dashboards', () => {
    const synthesised = synthesise({
      config: { network: { mode: 'isolated', maxZones: 1 } },
      assets: fixtureAssets(COMMITTED),
    });
    const { pipeline, network } = synthesised.stage;
    const alarms = Object.values(synthesised.templateOf(pipeline).findResources('AWS::CloudWatch::Alarm'));
    const metrics = alarms.flatMap(({ Properties }) =>
      Properties.Metrics ? Properties.Metrics.filter((each: object) => 'MetricStat' in each) : [Properties],
    );
    expect(metrics).toHaveLength(alarmMetrics());
    synthesised.templateOf(pipeline).resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    if (!network) throw new Error('an isolated stage has a network of its own');
    const endpoints = synthesised.templateOf(network).findResources('AWS::EC2::VPCEndpoint', {
      Properties: { VpcEndpointType: 'Interface' },
    });
    expect(Object.keys(endpoints)).toHaveLength(ISOLATED_ENDPOINTS);
  });

  it('refuses a table without the price', () => {
    const { imageStorageGbMonth: _gone, ...idle } = PRICES.idle;
    expect(() => idleCost(devConfig(), { ...PRICES, idle })).toThrow(/no idle\.imageStorageGbMonth/);
  });
});

describe('the price of a run', () => {
  it('multiplies measured seconds with the cheapest and the dearest machine of the stage', () => {
    const [demo] = runCosts(devConfig(), PRICES, seconds);
    expect(demo?.usdPerHour).toEqual([0.347, 1.861]);
    const start = assumptions.run.startSeconds.value / 3600;
    expect(demo?.phases[0]?.usd[0]).toBeCloseTo((1 + start) * 0.347);
    expect(demo?.phases[1]?.usd[1]).toBeCloseTo((1.1 + start) * 1.861);
    expect(demo?.usd[0]).toBeCloseTo(2 * (1 + start) * 0.347);
  });

  it('derives base-25m from the steps of its preset, per phase, and calls it assumed', () => {
    const base = runCosts(devConfig(), PRICES, seconds)[1];
    expect(base).toMatchObject({ name: 'base-25m', basis: 'assumed' });
    // 30000 steps of 32 rows of 512 tokens, one half once and one half three times; 6 FLOP a parameter, 3 TFLOP/s.
    const slowest = (30_000 * 32 * 512 * 2 * 6 * 25e6 * 6) / 3e12 / 3600;
    expect(base?.phases[0]?.hours[1]).toBeCloseTo(slowest * 1.1 + 300 / 3600);
    expect(base?.usd[0]).toBeLessThan(base?.usd[1] ?? 0);
  });
});

describe('the document', () => {
  it('tells the age of the prices and where they are from', () => {
    const report = reportOf('2026-12-23');
    expect(report.prices).toMatchObject({ asOf: PRICES.asOf, ageDays: 30, source: PRICES.source });
    expect(costText(report)).toContain(`Prices of ${PRICES.asOf}, 30 days old.`);
    expect(costText(report)).toContain('No run has been measured on AWS.');
    expect(costText({ ...report, region: 'eu-central-1' })).toContain(
      'those of us-east-1, not of eu-central-1',
    );
  });

  const cost = [join(PROJECT, 'infra/bin/cost.ts')];
  const node = ['--import', 'tsx', ...cost];

  it('is printed by the program for a stage of the repository', () => {
    const output = execFileSync(process.execPath, [...node, '--stage', 'prod', '--json'], { cwd: PROJECT });
    expect(JSON.parse(output.toString())).toMatchObject({ stage: 'prod', runs: [{ name: 'demo' }, {}] });
  });

  it('ends with 2 and the reason where the configuration cannot be deployed', () => {
    const root = fixtureTree({});
    writeFileSync(join(root, 'bad.json'), '{"stage": "NO"}');
    const args = [...node, '--config', join(root, 'bad.json')];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/bad\.json cannot be deployed/);
  });
});
