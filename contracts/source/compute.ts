/** Where the work of a run may be done, and what it may cost. */
import * as z from 'zod';
import { ulid } from './scalars.ts';

/** Meanings: docs/burst.md. */
export const STRATEGIES = ['local_only', 'prefer_burst', 'hybrid', 'require_burst'] as const;
export const BURST_MODES = ['single', 'parallel', 'redundant', 'pipeline'] as const;
export const SPOT_WISHES = ['prefer', 'require', 'never'] as const;

const usd = z.number().gt(0).max(1_000_000);

export const runCompute = z
  .strictObject({
    strategy: z
      .enum(STRATEGIES)
      .default('prefer_burst')
      .describe('Where phases run: on this machine, on rented ones, or where it is better.'),
    mode: z.enum(BURST_MODES).default('parallel').describe('How rented machines share the work of a phase.'),
    spot: z.enum(SPOT_WISHES).default('prefer').describe('Whether machines may be taken away again.'),
    regions: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'expected a region such as us-east-1'))
      .min(1)
      .max(20)
      .optional()
      .describe('Regions to choose from; left out, that of the price table.'),
    probe: ulid
      .optional()
      .describe(
        'A finished run whose measured job seconds say how fast a machine is; else the speed is assumed.',
      ),
  })
  .meta({ id: 'RunCompute' });

export const runBudget = z
  .strictObject({
    maxUsd: usd.optional().describe('The run is paused with a checkpoint before it has cost more.'),
    maxUsdPerHour: usd.optional().describe('Most that its machines may cost in an hour, together.'),
    deadlineHours: z
      .number()
      .gt(0)
      .max(10_000)
      .optional()
      .describe('Hours from the start by which the run should have ended.'),
  })
  .meta({ id: 'RunBudget' });

export type RunCompute = z.output<typeof runCompute>;
export type RunBudget = z.output<typeof runBudget>;
