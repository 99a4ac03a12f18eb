/** What runs have cost, summed from the ledger, and beside it what was planned. */
import * as z from 'zod';
import { phaseSlug } from './phase-slugs.ts';

const amount = z.number().min(0);
const range = z.tuple([amount, amount]);

const sums = {
  usd: amount,
  machineHours: amount.describe('Of all machines together.'),
  attempts: z.int().min(0),
  records: z.array(z.string()).describe('Entries of the ledger that it is the sum of.'),
};

const planned = z.object({
  usd: range,
  hours: range,
  assumed: z.boolean().describe('True where a speed in the plan was never measured.'),
});

export const costRow = z.object({
  key: z.string().describe('Id of the run or the model, slug of the phase, or id of the entry.'),
  name: z.string(),
  ...sums,
  usdPerHour: amount.describe('What its machines at work now cost in an hour.'),
  capUsd: amount.nullable(),
  planned: planned.nullable(),
  sharedWith: z.int().min(0).describe('Other models that the same phase made for the same money.'),
});

export const costs = z
  .object({
    by: z.enum(['run', 'phase', 'model', 'attempt']),
    at: z.string().describe('Attempts that still run are counted up to then.'),
    runs: z.int().describe('Runs that were looked at, newest first.'),
    items: z.array(costRow),
    total: z.object({ usd: amount, machineHours: amount, attempts: z.int().min(0) }),
  })
  .meta({ id: 'Costs' });

/** In the report of a run: plan against meter. */
export const reportedCost = z.object({
  plan: planned.nullable(),
  ...sums,
  phases: z.array(z.object({ phase: phaseSlug, planned: planned.nullable(), ...sums })),
});

export type Costs = Readonly<z.output<typeof costs>>;
export type CostRow = Costs['items'][number];
export type ReportedCost = Readonly<z.output<typeof reportedCost>>;
