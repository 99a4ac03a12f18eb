/** forge keys list */
import type { ShownKey } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

function stateOf({ revokedAt, expiresAt }: ShownKey): string {
  if (revokedAt !== null) return `revoked ${formatTime(revokedAt)}`;
  return expiresAt === null ? 'does not expire' : `until ${formatTime(expiresAt)}`;
}

export async function listKeys(
  { client, console }: Context,
  { limit }: { readonly limit: number },
): Promise<number> {
  const page = await client.listKeys(limit);
  const header = ['id', 'name', 'role', 'state (UTC)', 'last used', 'made by'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map((key) => [
        key.id,
        key.name,
        key.role,
        stateOf(key),
        key.lastUsedOn ?? 'never',
        key.createdBy,
      ]),
      paint,
    ),
  );
  if (page.items.length === 0) console.note('There is no key yet. Make one: npx forge keys create NAME');
  return 0;
}
