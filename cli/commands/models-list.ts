/** forge models list */
import type { ModelFilter } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatNumber, formatTime } from '../output/figures.ts';
import { paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

/** What the API can filter by, and how many rows at most. */
export type ListOptions = Omit<ModelFilter, 'limit' | 'cursor'> & { readonly limit: number };

export async function listModels({ client, console }: Context, filter: ListOptions): Promise<number> {
  const { limit, ...where } = filter;
  const page = await client.listModels(where, limit);
  const header = ['model', 'aliases', 'role', 'phase', 'status', 'parameters', 'size', 'created (UTC)', 'id'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map((model) => [
        `${model.name}@${model.version}`,
        model.aliases?.join(', ') || '-',
        model.role,
        model.phase ?? '-',
        paintStatus(paint, model.status),
        formatNumber(model.architecture.parameters),
        formatBytes(model.architecture.bytes),
        formatTime(model.createdAt),
        model.id,
      ]),
      paint,
    ),
  );
  if (page.items.length === 0) console.note('There is no such model. A run makes some: npx forge demo');
  if (page.next !== null) console.note(`There are more; see them with --limit ${limit * 2}`);
  return 0;
}
