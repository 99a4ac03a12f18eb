/** The envelope in which EventBridge hands over every event, as far as it is looked at here. */
import * as z from 'zod';

/** What comes from elsewhere may have more members than are known here; those that are known have to be right. */
export const cloudEvent = z.object({
  source: z.string().max(256),
  'detail-type': z.string().max(256),
  detail: z.record(z.string(), z.unknown()),
});
