/** forge audit list */
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

export async function listAudit(
  { client, console }: Context,
  { limit }: { readonly limit: number },
): Promise<number> {
  const page = await client.listAudit(limit);
  const header = ['at (UTC)', 'by', 'role', 'command', 'on', 'outcome'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map(({ at, by, role, command, path, targets, outcome, code }) => [
        formatTime(at),
        by,
        role,
        command,
        targets.map(({ kind, id }) => `${kind} ${id}`).join(', ') || path,
        code === null ? outcome : `${outcome}: ${code}`,
      ]),
      paint,
    ),
  );
  return 0;
}
