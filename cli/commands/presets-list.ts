/** forge presets list */
import type { Context } from '../context.ts';
import { renderTable } from '../output/table.ts';

export async function listPresets({ client, console }: Context): Promise<number> {
  const presets = await client.listPresets();
  const rows = presets.items.map(({ name, builtIn, description }) => [
    name,
    builtIn ? 'built in' : 'own',
    description,
  ]);
  console.data(presets, (paint) => renderTable(['preset', 'kind', 'what for'], rows, paint));
  return 0;
}
