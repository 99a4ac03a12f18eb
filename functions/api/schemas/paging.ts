/** Query and answer of every list. */
import * as z from 'zod';

export const pageQuery = z.object({
  limit: z.string().optional().meta({ description: '1 to 200.', default: '50' }),
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) });
}
