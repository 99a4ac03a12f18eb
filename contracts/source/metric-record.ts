/** A metric record: the only source of any number that is shown. Written by the code that measured it. */
import * as z from 'zod';
import { phaseSlug } from './phase-slugs.ts';
import { count, schemaVersion, timestamp, ulid } from './scalars.ts';

export const metricRecord = z
  .strictObject({
    schemaVersion,
    id: z.string().min(1).max(500),
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+$/, 'expected <subject>/<measure>')
      .max(200),
    value: z.number(),
    unit: z.string().max(32),
    runId: ulid,
    phase: phaseSlug,
    stage: z.string().max(64),
    index: count.nullable(),
    round: count.nullable().optional().describe('Round of a repeated stage.'),
    jobId: z.string().max(200),
    attempt: z.int().min(1),
    step: count.nullable(),
    model: z.string().max(64).nullable(),
    split: z.string().max(32).nullable(),
    source: z.string().min(1).max(200).describe('The code that measured: module and function.'),
    at: timestamp,
  })
  .meta({ id: 'metric-record', title: 'Metric record' });

export type MetricRecord = Readonly<z.output<typeof metricRecord>>;
