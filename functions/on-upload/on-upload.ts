/** Takes an object that was created below `uploads/`. */
import * as z from 'zod';
import type { UploadRule } from '#contracts/source/triggers.ts';
import { takeUpload } from '#core/application/commands/take-upload.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';

/** EventBridge's "Object Created" of S3: the key stands there as it is, without the escapes of S3's older events. */
const objectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string().min(1).max(1024) }) }),
});

export function createOnUpload(
  ports: Parameters<typeof takeUpload>[0],
  rules: readonly UploadRule[],
): EventFunction {
  return eventFunction('on-upload', objectCreated, async ({ detail }) => {
    const taken = await takeUpload(ports, rules, detail.object.key);
    if (taken.outcome === 'waiting') return taken;
    const { tenant, folder, status, runId, reason } = taken.upload;
    return { outcome: taken.outcome, tenant, folder, status, runId, reason: reason?.code ?? null };
  });
}
