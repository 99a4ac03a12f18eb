/** forge corpora list */
import type { Context } from '../context.ts';
import { formatBytes, formatNumber, formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

export async function listCorpora(
  { client, console }: Context,
  { limit }: { readonly limit: number },
): Promise<number> {
  const page = await client.listCorpora(limit);
  const header = ['name', 'documents', 'size', 'licence', 'created (UTC)', 'SHA-256'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map((corpus) => [
        corpus.name,
        formatNumber(corpus.documents),
        formatBytes(corpus.bytes),
        corpus.licence,
        formatTime(corpus.createdAt),
        corpus.sha256.slice(0, 12),
      ]),
      paint,
    ),
  );
  if (page.items.length === 0) console.note('There is no corpus yet. Add one: npx forge corpora add DIR');
  return 0;
}
