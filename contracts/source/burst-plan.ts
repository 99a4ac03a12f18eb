/** What the planner chose for a run, and why; kept with the run that follows it. */
import * as z from 'zod';
import { BURST_MODES, SPOT_WISHES, STRATEGIES } from './compute.ts';
import { phaseSlug } from './phase-slugs.ts';

const range = z.tuple([z.number().min(0), z.number().min(0)]).describe('Low and high.');

export const PURCHASES = ['local', 'spot', 'on-demand'] as const;

const plannedPhase = z.object({
  phase: phaseSlug,
  place: z.enum(['local', 'burst']),
  purchase: z.enum(PURCHASES),
  region: z.string().nullable(),
  instanceTypes: z.array(z.string()).describe('The one that was priced first, then others that would do.'),
  width: z.int().min(1).describe('Machines at work at a time.'),
  checkpointSeconds: z.int().min(1),
  hours: range,
  usd: range,
  throughput: z.object({
    basis: z.enum(['measured', 'assumed']),
    flopPerSecond: range,
    records: z.array(z.string()).describe('Metric records that it was measured by.'),
  }),
  because: z.string(),
});

export const burstPlan = z
  .object({
    verdict: z.enum(['feasible', 'infeasible']),
    strategy: z.enum(STRATEGIES),
    mode: z.enum(BURST_MODES),
    spot: z.enum(SPOT_WISHES),
    prices: z.object({ asOf: z.string(), source: z.string() }),
    assumed: z.boolean().describe('True where the speed of any machine was taken from a table.'),
    phases: z.array(plannedPhase),
    hours: range,
    usd: range,
    usdPerHour: z.number().min(0).describe('Most that its machines cost in an hour, together.'),
    chanceOfDeadline: z
      .number()
      .nullable()
      .describe('Share of simulated runs that end in time; null without a deadline.'),
    reasons: z.array(z.string()),
  })
  .meta({ id: 'BurstPlan' });

export type BurstPlan = Readonly<z.output<typeof burstPlan>>;
export type PlannedBurstPhase = BurstPlan['phases'][number];
export type Purchase = (typeof PURCHASES)[number];
