/** forge inbox list */
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

export async function listInbox(
  { client, console }: Context,
  { limit }: { readonly limit: number },
): Promise<number> {
  const page = await client.listUploads(limit);
  const header = ['folder', 'status', 'rule', 'run', 'reason', 'at (UTC)'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map(({ folder, status, rule, runId, reason, createdAt }) => [
        folder,
        status,
        rule ?? '–',
        runId ?? '–',
        reason?.code ?? '–',
        formatTime(createdAt),
      ]),
      paint,
    ),
  );
  const refused = page.items.find(({ status }) => status === 'refused');
  if (refused?.reason) console.note(`${refused.folder}: ${refused.reason.message}`);
  if (page.items.length === 0) console.note('Nothing was uploaded yet: npx forge inbox send DIR');
  return 0;
}
