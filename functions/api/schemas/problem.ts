/** The problem document, RFC 9457 with our own members. */
import * as z from 'zod';

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    kind: z.string(),
    code: z.string(),
    hint: z.string().optional(),
    errors: z.array(
      z.object({
        pointer: z.string(),
        code: z.string(),
        message: z.string(),
        expected: z.string().optional(),
        got: z.string().optional(),
        suggestion: z.string().optional(),
      }),
    ),
    request_id: z.string(),
    retryable: z.boolean(),
    retry_after_s: z.number().optional(),
  })
  .meta({ id: 'Problem' });
