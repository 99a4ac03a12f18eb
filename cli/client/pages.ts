/** Lists come in pages. */
import type { Page } from './records.ts';

/** The server gives at most this many rows in one answer. */
const PAGE_LIMIT = 200;

/** Pages until the limit is reached or there is no more. */
export async function pages<Item>(
  limit: number,
  read: (query: { readonly limit: string; readonly cursor?: string }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let next: string | null = null;
  do {
    const rows = String(Math.min(PAGE_LIMIT, limit - items.length));
    const page: Page<Item> = await read({ limit: rows, ...(next === null ? {} : { cursor: next }) });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}
