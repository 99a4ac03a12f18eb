/** Curves as the API sends them. */
import * as z from 'zod';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { count, timestamp } from '#contracts/source/scalars.ts';

const point = z.object({
  step: z.number(),
  value: z.number(),
  at: timestamp,
  event: z.int().optional(),
  metric: z.string().optional(),
});

export const sampledSeries = z
  .object({
    phase: phaseSlug,
    stage: z.string().nullable(),
    index: count.nullable(),
    round: count.nullable(),
    measure: z.string(),
    of: count,
    points: z.array(point),
  })
  .meta({ id: 'SampledSeries' });
