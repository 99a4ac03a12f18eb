/** Records of the table's stream, as Lambda hands them over. */
import * as z from 'zod';

export const streamEvent = z.object({
  Records: z
    .array(
      z.object({
        dynamodb: z.object({
          SequenceNumber: z.string().min(1),
          NewImage: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    )
    .max(10_000),
});
