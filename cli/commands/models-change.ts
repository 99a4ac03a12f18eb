/** forge models archive, restore, quarantine */
import type { Context } from '../context.ts';

export async function changeModel(
  { client, console }: Context,
  change: 'archive' | 'restore' | 'quarantine',
  reference: string,
  { reason }: { readonly reason: string },
): Promise<number> {
  const { value: model, etag } = await client.findModelVersion(reference, { deleted: change === 'restore' });
  // By its id: a name may mean another version a moment later.
  const changed = await client.changeModel(change, model.id, etag, reason);
  console.data(changed, () => `${changed.name}@${changed.version} is ${changed.status}`);
  return 0;
}
