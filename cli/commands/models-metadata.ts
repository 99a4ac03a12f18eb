/** forge models metadata */
import type { Context } from '../context.ts';

/** The document is JSON for people too: it is made to be kept beside the model. */
export async function showMetadata({ client, console }: Context, reference: string): Promise<number> {
  const document = await client.getMetadata(reference);
  console.data(document, () => JSON.stringify(document, null, 2));
  return 0;
}
