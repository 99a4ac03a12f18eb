/** One phase setting: its type and bounds, its default, and what it does, in one place. */
import type * as z from 'zod';

/** The default is a note for editors and for resolution; parsing never fills it in, so that a preset can come between. */
export function setting<Schema extends z.ZodType>(
  schema: Schema,
  value: z.output<Schema>,
  description: string,
): Schema {
  return schema.meta({ default: value, description }) as Schema;
}
