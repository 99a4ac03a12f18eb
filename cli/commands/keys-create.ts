/** forge keys create */
import type { KeyBody } from '../client/records.ts';
import type { Context } from '../context.ts';

export async function createKey(
  { client, console }: Context,
  name: string,
  { role, expiresInDays }: { readonly role: KeyBody['role']; readonly expiresInDays: number | null },
): Promise<number> {
  const made = await client.createKey({ name, role, expiresInDays });
  console.data(made, () => made.key);
  console.note('This is the only time that the key is shown. Use it as FORGE_TOKEN.');
  return 0;
}
