/** Pages of records, newest first: a query of one partition, and the records that its rows name. */
import type { Page, PageRequest } from '#core/ports/run-reader.ts';
import type { DynamoTable } from './dynamo-table.ts';
import type { Item, Key } from './table-layout.ts';

const PAGE = 1000;

/** Cuts the one item too many that was read to learn whether there is a next page. */
function pageOf<Found extends { readonly id: string }>(found: readonly Found[], limit: number): Page<Found> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** How the rows of a partition become records; the id of a record is the sort key of its row. */
export interface ListSource<Found> {
  readonly pk: string;
  readonly recordsOf: (rows: readonly Item[]) => Promise<readonly Found[]>;
  /** @default every record */
  readonly wanted?: (record: Found) => boolean;
}

/** Reads on until the page is full: rows whose record is not wanted are left out. */
export async function pageOfPartition<Found extends { readonly id: string }>(
  table: DynamoTable,
  { pk, recordsOf, wanted = () => true }: ListSource<Found>,
  { limit, after }: PageRequest,
): Promise<Page<Found>> {
  const found: Found[] = [];
  let below = after;
  for (;;) {
    const most = limit + 1 - found.length;
    const rows = await table.query(pk, {
      order: 'falling',
      limit: most,
      ...(below === null ? {} : { below }),
    });
    found.push(...(await recordsOf(rows)).filter(wanted));
    below = rows.at(-1)?.sk ?? null;
    if (found.length > limit || rows.length < most) return pageOf(found, limit);
  }
}

/** The items that rows name. A row whose item was never written, because its writer died before, is passed over. */
export function itemsNamed(
  table: DynamoTable,
  rows: readonly Item[],
  keyOfId: (id: string) => Key,
): Promise<readonly Item[]> {
  return table.getAll(rows.map(({ sk }) => keyOfId(sk)));
}

/** Every item of a partition, in the order of its sort keys. */
export async function everyRow(table: DynamoTable, pk: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let above: string | undefined; ; above = found.at(-1)?.sk) {
    const items = await table.query(pk, { limit: PAGE, ...(above === undefined ? {} : { above }) });
    found.push(...items);
    if (items.length < PAGE) return found;
  }
}
