/** forge models delete */
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';

export interface DeleteOptions {
  readonly reason?: string;
  readonly yes: boolean;
}

export async function deleteModel(
  context: Context,
  reference: string,
  options: DeleteOptions,
): Promise<number> {
  const { client, console } = context;
  const { value: model, etag } = await client.findModelVersion(reference, { deleted: false });
  const label = `${model.name}@${model.version}`;
  await confirm(context, `Delete ${label} (${model.id})?`, options);
  const deleted = await client.deleteModel(model.id, etag, options.reason);
  console.data(deleted, () => `${label} is ${deleted.status}`);
  if (deleted.tombstone)
    console.note(
      `Until ${formatTime(deleted.tombstone.purgeAfter)} UTC it comes back with: npx forge models restore ${label} --reason TEXT`,
    );
  return 0;
}
