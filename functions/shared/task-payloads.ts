/** What the state machines send to their functions. */
import * as z from 'zod';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { name, timestamp, ulid } from '#contracts/source/scalars.ts';

export const runPayload = z.object({ tenant: name, runId: ulid, execution: z.string().max(80) });
export const phasePayload = runPayload.extend({ phase: phaseSlug });
const turn = z.string().max(120);
export const startPayload = phasePayload.extend({ part: z.int().min(0).optional() });
export const completionPayload = phasePayload.extend({ turn: turn.optional() });
export const failurePayload = phasePayload.extend({ error: z.string(), cause: z.string() });
export const finishPayload = runPayload.extend({
  outcome: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  error: z.string().optional(),
  cause: z.string().optional(),
});
export const logPayload = z.object({
  tenant: name,
  runId: ulid,
  phase: phaseSlug,
  stage: z.string().max(64),
  index: z.int().min(0).nullable(),
  jobId: z.string().max(200),
  attempt: z.int().min(1),
  phaseAttempt: z.int().min(1).optional(),
  execution: z.string().max(80).optional(),
  lines: z
    .array(z.object({ offset: z.union([z.int().min(0), z.string().min(1).max(100)]), text: z.string() }))
    .max(10_000),
});
export const jobPayload = z.object({
  tenant: name,
  runId: ulid,
  phase: phaseSlug,
  stage: z.string().max(64),
  index: z.int().min(0).nullable(),
  jobId: z.string().max(200),
  attempt: z.int().min(1),
  phaseAttempt: z.int().min(1).optional(),
  execution: z.string().max(80).optional(),
  status: z.string().max(32),
  reason: z.string().max(1000).nullable(),
  gpuTime: z
    .object({ gpuSeconds: z.number().min(0), stoppedAt: timestamp })
    .nullable()
    .optional(),
  attempts: z
    .array(z.object({ startedAt: z.number(), stoppedAt: z.number().nullable() }))
    .max(100)
    .optional(),
  machine: z
    .object({
      instanceType: z.string().max(64),
      purchase: z.enum(['local', 'spot', 'on-demand']),
      usdPerHour: z.number().min(0),
      pricedBy: z.string().max(200),
    })
    .nullable()
    .optional(),
});
