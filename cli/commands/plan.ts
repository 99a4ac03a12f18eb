/** forge plan */
import type { Context } from '../context.ts';
import { loadRunDocument, withPlaces } from '../documents/load-run-document.ts';
import { renderPlan } from '../output/plan.ts';

export async function planDocument(
  { io, client, console }: Context,
  file: string,
  { set }: { readonly set: readonly string[] },
): Promise<number> {
  const loaded = await loadRunDocument(io, file, set);
  const plan = await withPlaces(loaded, () => client.planRun(loaded.value));
  console.data(plan, (paint) => renderPlan(plan, paint));
  return 0;
}
