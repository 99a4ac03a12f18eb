/** Where a run would be computed, how long that takes, and what it costs. */
import type { BurstPlan } from '../client/records.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

type Range = readonly number[];

export const usdText = (value: number): string =>
  value > 0 && value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;

export function rangeText([low = 0, high = 0]: Range, one: (value: number) => string): string {
  const [from, to] = [one(low), one(high)];
  return from === to ? from : `${from} to ${to}`;
}

export const hoursText = (value: number): string =>
  value < 0.1 ? `${(value * 60).toFixed(value < 0.01 ? 2 : 1)} min` : `${value.toFixed(2)} h`;

function placeText({ place, region, instanceTypes, purchase, width }: BurstPlan['phases'][number]): string {
  if (place === 'local') return 'this machine';
  return `${instanceTypes[0]} ${purchase} in ${region}${width > 1 ? ` × ${width}` : ''}`;
}

export function renderBurst(burst: BurstPlan, paint: Paint): string {
  const rows = burst.phases.map((phase) => [
    phase.phase,
    placeText(phase),
    `${phase.checkpointSeconds} s`,
    rangeText(phase.hours, hoursText),
    rangeText(phase.usd, usdText),
    phase.throughput.basis,
    phase.because,
  ]);
  const { verdict, strategy, mode, hours, usd, usdPerHour, chanceOfDeadline: chance, prices } = burst;
  const basis = burst.assumed ? 'assumed: at least one speed was never measured' : 'from measured speed';
  const inTime = chance === null ? '' : `, in time in ${Math.round(chance * 100)} % of simulated runs`;
  return [
    renderTable(['phase', 'where', 'checkpoint', 'hours', 'cost', 'speed', 'because'], rows, paint),
    `${strategy}, ${mode}, ${verdict}: ${rangeText(hours, hoursText)}, ${rangeText(usd, usdText)}, at most ${usdText(usdPerHour)} an hour${inTime} (${basis}; prices of ${prices.asOf})`,
    ...burst.reasons.map((reason) => `  ${reason}`),
  ].join('\n');
}
