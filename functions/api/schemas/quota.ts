/** Quotas as they are shown and set. */
import * as z from 'zod';
import { requestsPerMinute } from '#contracts/source/quotas.ts';
import { timestamp } from '#contracts/source/scalars.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const whole = z.int().min(0).max(MOST).nullable().default(null);

const limits = {
  requestsPerMinute: requestsPerMinute.nullable().default(null).describe('Null: what the deployment says.'),
  concurrentRuns: whole.describe('Runs that work or wait to, at one time. Null: any number.'),
  gpuHoursPerMonth: z
    .number()
    .min(0)
    .max(MOST)
    .nullable()
    .default(null)
    .describe('Hours of single GPUs in a calendar month, UTC. Null: any number.'),
  storedBytes: whole.describe('Of the files of all models and corpora, each file once. Null: any number.'),
  uploadBytes: whole.describe('Of one upload. Null: as many as one upload may have.'),
};

export const quotaBody = z.strictObject(limits).meta({ id: 'QuotaToSet' });

export const quota = z
  .object({
    schemaVersion: z.literal(1),
    limits: z.object({
      requestsPerMinute: z.int().nullable(),
      concurrentRuns: z.int().nullable(),
      gpuHoursPerMonth: z.number().nullable(),
      storedBytes: z.int().nullable(),
      uploadBytes: z.int().nullable(),
    }),
    used: z.object({
      concurrentRuns: z.int(),
      gpuHoursThisMonth: z
        .number()
        .describe('Of jobs that have ended this month, by the seconds of their attempts.'),
      storedBytes: z.int(),
    }),
    updatedAt: timestamp.nullable().describe('Null: nothing was ever set.'),
    updatedBy: z.string().nullable(),
    recordVersion: z.int().describe('0: nothing was ever set.'),
  })
  .meta({ id: 'Quota' });
