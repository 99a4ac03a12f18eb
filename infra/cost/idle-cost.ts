/** What a stage costs in a month in which nobody uses it, line by line, from its configuration and the price table. */
import manifest from '#contracts/functions.json' with { type: 'json' };
import { isOfTheApi } from '#contracts/source/functions.ts';
import type { PriceTable } from '#contracts/source/prices.ts';
import type { StageConfig } from '../config/stage-config.ts';
import assumptions from './assumptions.json' with { type: 'json' };

export interface CostLine {
  readonly name: string;
  readonly quantity: number;
  readonly unit: string;
  readonly usdPerUnit: number;
  /** Of one month. */
  readonly usd: number;
  /** `configured` follows from the stage's configuration; `assumed` is nobody's measurement. */
  readonly basis: 'configured' | 'assumed';
  /** Key of the price in contracts/prices.json, and why the quantity is what it is. */
  readonly price: string;
  readonly because: string;
}

/** Goal of the product for a stage as it is offered. */
export const IDLE_LIMIT_USD = 5;

/** NetworkStack makes this many where nothing may leave the network. */
export const ISOLATED_ENDPOINTS = 7;
/** An alarm over a sum is paid for by the metric: errors of every function of the pipeline's stack, dead letters, throttling. */
export const alarmMetrics = (): number =>
  2 + Object.values(manifest.functions).filter((facts) => !isOfTheApi(facts)).length;

const DASHBOARDS = 1;

type Part = Omit<CostLine, 'usd' | 'usdPerUnit' | 'unit'> & { readonly hourly?: boolean };

const assumed = (
  name: string,
  price: string,
  { value, because }: { value: number; because: string },
): Part => ({
  name,
  quantity: value,
  basis: 'assumed',
  price,
  because,
});

const configured = (name: string, price: string, quantity: number, because: string): Part => ({
  name,
  quantity,
  basis: 'configured',
  price,
  because,
});

function networkParts({ network, availabilityZones }: StageConfig): readonly Part[] {
  if (network.mode === 'existing' || network.mode === 'public') return [];
  const zones = Math.min(network.maxZones, availabilityZones?.length ?? assumptions.idle.zones.value);
  if (network.mode === 'nat')
    return [
      { ...configured('NAT gateway', 'natGatewayHour', 1, 'network.mode is nat'), hourly: true },
      { ...configured('its address', 'publicIpv4Hour', 1, 'network.mode is nat'), hourly: true },
    ];
  const because = `network.mode is isolated: ${ISOLATED_ENDPOINTS} endpoints in ${zones} zones`;
  return [
    {
      ...configured('interface endpoints', 'interfaceEndpointHour', ISOLATED_ENDPOINTS * zones, because),
      hourly: true,
    },
  ];
}

function partsOf(config: StageConfig): readonly Part[] {
  const { idle } = assumptions;
  return [
    ...networkParts(config),
    configured(
      'alarms, by their metrics',
      'alarmMonth',
      alarmMetrics(),
      'the first ten of an account are free',
    ),
    configured('dashboard', 'dashboardMonth', DASHBOARDS, 'the first three of an account are free'),
    ...(config.site.webAclArn ? [configured('web ACL', 'webAclMonth', 1, 'site.webAclArn is set')] : []),
    assumed('container images', 'imageStorageGbMonth', idle.imageGb),
    assumed('models and checkpoints', 'objectStorageGbMonth', idle.objectGb),
    assumed('registry', 'tableStorageGbMonth', idle.tableGb),
    assumed('backup of the registry', 'tableBackupGbMonth', idle.tableGb),
    assumed('logs', 'logStorageGbMonth', idle.logGb),
  ];
}

/**
 * @returns one line per thing that is paid for while nothing runs; what is free while idle has no line
 * @throws Error where the table lacks a price
 */
export function idleCost(config: StageConfig, prices: PriceTable): readonly CostLine[] {
  return partsOf(config).map(({ hourly, ...part }) => {
    const price = prices.idle[part.price];
    if (!price) throw new Error(`contracts/prices.json has no idle.${part.price}; add it with its unit.`);
    const usdPerUnit = price.usd * (hourly ? prices.hoursPerMonth : 1);
    const paid = Math.max(0, part.quantity - (price.freeUnits ?? 0));
    return { ...part, unit: hourly ? 'month' : price.unit, usdPerUnit, usd: paid * usdPerUnit };
  });
}

export const sumOf = (lines: readonly { readonly usd: number }[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);
