/** forge phases list */
import type { Context } from '../context.ts';
import { renderTable } from '../output/table.ts';

export async function listPhases({ client, console }: Context): Promise<number> {
  const phases = await client.listPhases();
  const rows = phases.items.map((phase) => [
    String(phase.number),
    phase.slug,
    phase.available ? 'yes' : 'not in this release',
    phase.summary,
  ]);
  console.data(phases, (paint) => renderTable(['', 'phase', 'runs', 'what it does'], rows, paint));
  return 0;
}
