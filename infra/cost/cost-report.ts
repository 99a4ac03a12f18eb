/** The idle cost of a stage and the price of two runs, as one document and as text. */
import type { PriceTable } from '#contracts/source/prices.ts';
import type { StageConfig } from '../config/stage-config.ts';
import assumptions from './assumptions.json' with { type: 'json' };
import { type CostLine, IDLE_LIMIT_USD, idleCost, sumOf } from './idle-cost.ts';
import { type JobSeconds, type Range, type RunCost, runCosts } from './run-cost.ts';

export interface CostReport {
  readonly stage: string;
  readonly region: string;
  readonly account: string | null;
  /** Whether its data outlive the stage and cannot be destroyed with it. */
  readonly protectData: boolean;
  readonly config: string;
  readonly prices: {
    readonly asOf: string;
    readonly ageDays: number;
    readonly region: string;
    readonly source: string;
  };
  readonly assumptionsAsOf: string;
  readonly idle: {
    readonly lines: readonly CostLine[];
    readonly usdPerMonth: number;
    readonly limitUsd: number;
    readonly withinLimit: boolean;
  };
  readonly runs: readonly RunCost[];
}

const DAY_MS = 86_400_000;

export interface CostInput {
  /** File that the configuration was read from. */
  readonly path: string;
  readonly config: StageConfig;
  readonly prices: PriceTable;
  readonly demoSeconds: JobSeconds;
  readonly now: Date;
}

export function costReport({ path, config, prices, demoSeconds, now }: CostInput): CostReport {
  const lines = idleCost(config, prices);
  const usdPerMonth = sumOf(lines);
  return {
    stage: config.stage,
    region: config.region,
    account: config.account ?? null,
    protectData: config.protectData,
    config: path,
    prices: {
      asOf: prices.asOf,
      ageDays: Math.max(0, Math.floor((now.getTime() - Date.parse(prices.asOf)) / DAY_MS)),
      region: prices.region,
      source: prices.source,
    },
    assumptionsAsOf: assumptions.asOf,
    idle: { lines, usdPerMonth, limitUsd: IDLE_LIMIT_USD, withinLimit: usdPerMonth <= IDLE_LIMIT_USD },
    runs: runCosts(config, prices, demoSeconds),
  };
}

const usd = (value: number): string => `$${value.toFixed(2)}`;
const range = ([low, high]: Range): string => (low === high ? usd(low) : `${usd(low)} to ${usd(high)}`);
const hours = ([low, high]: Range): string => `${low.toFixed(2)} to ${high.toFixed(2)} h`;

const idleLine = ({ name, quantity, usdPerUnit, unit, usd: sum, basis, because, price }: CostLine): string =>
  `  ${usd(sum).padStart(8)}  ${name}: ${quantity} at $${usdPerUnit} a ${unit} (${price}); ${basis}: ${because}`;

const runLines = ({ name, usd: sum, usdPerHour, phases }: RunCost): readonly string[] => [
  `${name}: ${range(sum)}, assumed; a GPU machine is ${range(usdPerHour)} an hour`,
  ...phases.map((line) => `  ${line.phase}: ${hours(line.hours)}, ${range(line.usd)}; ${line.because}`),
];

export function costText({ stage, region, prices, idle, runs, assumptionsAsOf }: CostReport): string {
  const elsewhere = prices.region === region ? '' : `; they are those of ${prices.region}, not of ${region}`;
  return [
    `Stage ${stage} in ${region}. Prices of ${prices.asOf}, ${prices.ageDays} days old${elsewhere}.`,
    prices.source,
    `"assumed" is no measurement: infra/cost/assumptions.json, ${assumptionsAsOf}. No run has been measured on AWS.`,
    '',
    `Idle, a month: ${usd(idle.usdPerMonth)} (${idle.withinLimit ? 'within' : 'ABOVE'} the goal of ${usd(idle.limitUsd)})`,
    ...idle.lines.map(idleLine),
    '',
    ...runs.flatMap(runLines),
    '',
  ].join('\n');
}
