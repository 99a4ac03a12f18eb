/** Machines that could do the work: a type in a region, bought in one of two ways, with its price and its speed. */
import type { Purchase } from '#contracts/source/burst-plan.ts';
import { type InstanceFacts, instancesIn, type PriceTable } from '#contracts/source/prices.ts';
import table from '#contracts/throughput.json' with { type: 'json' };
import type { Range } from './workload.ts';

/** How fast a type of machine was measured to be, by the records of a probe run. */
export interface Probe {
  readonly instanceType: string;
  readonly flopPerSecond: number;
  readonly records: readonly string[];
}

export interface Speed {
  readonly basis: 'measured' | 'assumed';
  readonly flopPerSecond: Range;
  readonly records: readonly string[];
}

export interface Offer {
  readonly region: string | null;
  readonly instanceType: string;
  readonly purchase: Purchase;
  readonly usdPerHour: Range;
  readonly speed: Speed;
}

export interface Needs {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Of a GPU. */
  readonly gpuMemoryMiB: number;
}

/** What the owner of this machine pays for it is not ours to say. */
export const LOCAL = 'local';
const families: Readonly<Record<string, readonly number[] | undefined>> = table.families;

/** @returns null where the type was neither measured nor stands in the table of assumptions */
export function speedOf(type: string, units: number, probes: readonly Probe[]): Speed | null {
  const probe = probes.find(({ instanceType }) => instanceType === type);
  if (probe) {
    const { flopPerSecond, records } = probe;
    return { basis: 'measured', flopPerSecond: [flopPerSecond, flopPerSecond], records };
  }
  const [slow, fast] = families[type.split('.')[0] ?? ''] ?? [];
  if (slow === undefined || fast === undefined) return null;
  return { basis: 'assumed', flopPerSecond: [slow * units * 1e12, fast * units * 1e12], records: [] };
}

function bought(region: string, type: string, facts: InstanceFacts, speed: Speed): readonly Offer[] {
  const { onDemandUsdPerHour: price, spotUsdPerHour } = facts;
  const common = { region, instanceType: type, speed };
  return [
    { ...common, purchase: 'on-demand', usdPerHour: [price, price] },
    // Where the two prices are equal, a machine on Spot is only worse.
    ...(spotUsdPerHour && spotUsdPerHour[0] < price
      ? [{ ...common, purchase: 'spot' as const, usdPerHour: spotUsdPerHour }]
      : []),
  ];
}

const fits = (instance: InstanceFacts, { vcpus, memoryMiB, gpus, gpuMemoryMiB }: Needs): boolean =>
  instance.vcpus >= vcpus &&
  instance.memoryMiB >= memoryMiB &&
  (gpus > 0 ? instance.gpus >= gpus && (instance.gpuMemoryMiB ?? 0) >= gpuMemoryMiB : instance.gpus === 0);

/** A job uses one GPU, or its vCPUs where it needs none; more of either in a machine stand idle. */
export function offersFor(
  needs: Needs,
  facts: {
    readonly prices: PriceTable;
    readonly regions: readonly string[];
    readonly probes: readonly Probe[];
  },
): readonly Offer[] {
  return facts.regions.flatMap((region) =>
    Object.entries(instancesIn(facts.prices, region)).flatMap(([type, instance]) => {
      if (!fits(instance, needs)) return [];
      const speed = speedOf(type, needs.gpus > 0 ? needs.gpus : 1, facts.probes);
      return speed ? bought(region, type, instance, speed) : [];
    }),
  );
}

/** This machine: one job at a time and core. */
export function localOffer(probes: readonly Probe[]): Offer {
  const speed = speedOf(LOCAL, 1, probes);
  if (!speed) throw new Error('contracts/throughput.json has no family "local".');
  return { region: null, instanceType: LOCAL, purchase: 'local', usdPerHour: [0, 0], speed };
}
