/** forge keys revoke */
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';

export async function revokeKey(
  context: Context,
  id: string,
  options: { readonly yes: boolean },
): Promise<number> {
  const { client, console } = context;
  await confirm(context, `Revoke the key ${id} for good?`, options);
  const revoked = await client.revokeKey(id);
  console.data(revoked, () => `${revoked.name} (${revoked.id}) is revoked`);
  return 0;
}
