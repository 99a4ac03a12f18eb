/** forge models promote */
import type { Context } from '../context.ts';

export async function promoteModel(
  { client, console }: Context,
  reference: string,
  { alias }: { readonly alias: string },
): Promise<number> {
  const { value: model, etag } = await client.findModelVersion(reference, { deleted: false });
  // By its id: a name may mean another version a moment later.
  const promoted = await client.promoteModel(model.id, etag, alias);
  console.data(promoted, () => `${promoted.name}@${alias} is version ${promoted.version}`);
  return 0;
}
