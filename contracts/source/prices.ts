/** The dated price table: what an estimate is made from. Refresh it before relying on a figure. */
import * as z from 'zod';
import table from '../prices.json' with { type: 'json' };

const usd = z.number().min(0);

const instance = z.strictObject({
  vcpus: z.int().min(1),
  memoryMiB: z.int().min(1),
  gpus: z.int().min(0),
  /** Of one of its GPUs. */
  gpuMemoryMiB: z.int().min(1).optional(),
  onDemandUsdPerHour: usd.positive(),
  /** Lowest and highest over the zones of the region; null where nobody looked. */
  spotUsdPerHour: z.tuple([usd.positive(), usd.positive()]).nullable(),
});

/** Price of one unit in a month or an hour, as its name says; the first `freeUnits` of an account cost nothing. */
const unitPrice = z.strictObject({ usd, unit: z.string(), freeUnits: z.int().min(1).optional() });

export const priceTable = z.strictObject({
  schemaVersion: z.literal(1),
  asOf: z.iso.date(),
  region: z.string(),
  currency: z.literal('USD'),
  source: z.string().min(1),
  hoursPerMonth: z.literal(730),
  instances: z.record(z.string(), instance).describe('Of `region`.'),
  otherRegions: z.record(z.string(), z.record(z.string(), instance)),
  idle: z.record(z.string(), unitPrice),
});

export type PriceTable = Readonly<z.output<typeof priceTable>>;
export type InstanceFacts = Readonly<z.output<typeof instance>>;

/** What may be rented in a region; nothing where nobody looked. */
export const instancesIn = (prices: PriceTable, region: string): Readonly<Record<string, InstanceFacts>> =>
  region === prices.region ? prices.instances : (prices.otherRegions[region] ?? {});

export const PRICES: PriceTable = priceTable.parse(table);
