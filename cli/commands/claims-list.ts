/** forge claims list */
import type { Context } from '../context.ts';
import { paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

export async function listClaims({ client, console }: Context): Promise<number> {
  const claims = await client.listClaims();
  console.data(claims, (paint) =>
    renderTable(
      ['claim', 'verdict', 'experiments', 'as inherited'],
      claims.items.map(({ id, verdict, records, claim }) => [
        id,
        paintStatus(paint, verdict),
        records.map(({ experiment }) => experiment).join(', ') || '-',
        claim,
      ]),
      paint,
    ),
  );
  return 0;
}
