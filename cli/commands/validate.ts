/** forge validate */
import type { Context } from '../context.ts';
import { loadRunDocument } from '../documents/load-run-document.ts';

export async function validateDocument(
  { io, console }: Context,
  file: string,
  { set }: { readonly set: readonly string[] },
): Promise<number> {
  const { document } = await loadRunDocument(io, file, set);
  console.data({ valid: true, file, document }, () => `${file}: valid`);
  console.note('What it refers to (corpus, model, preset) is checked by the server: npx forge plan FILE');
  return 0;
}
