/** Curves as the API sends them. */
import * as z from 'zod';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { count, timestamp } from '#contracts/source/scalars.ts';

const point = z.object({
  step: z.number(),
  value: z.number(),
  at: timestamp,
  event: z
    .int()
    .optional()
    .describe('Number of the event that it was read from: the first after number - 1.'),
  metric: z.string().optional().describe('Id of the metric record that it was read from.'),
});

export const sampledSeries = z
  .object({
    phase: phaseSlug,
    stage: z.string().nullable(),
    index: count.nullable(),
    round: count.nullable(),
    measure: z.string(),
    of: count.describe('How many points there are.'),
    points: z.array(point).describe('All of them, or the first, the last and the extremes between, by step.'),
  })
  .meta({ id: 'SampledSeries' });
