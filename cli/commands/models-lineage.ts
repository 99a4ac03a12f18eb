/** forge models lineage */
import type { Lineage } from '../client/records.ts';
import type { Context } from '../context.ts';
import { lineageDot, lineageMermaid, lineageTree } from '../output/lineage.ts';

export type LineageFormat = 'tree' | 'json' | 'dot' | 'mermaid';

const DRAWINGS: Readonly<Record<LineageFormat, (lineage: Lineage) => string>> = {
  tree: lineageTree,
  dot: lineageDot,
  mermaid: lineageMermaid,
  json: (lineage) => JSON.stringify(lineage, null, 2),
};

export async function showLineage(
  { client, console }: Context,
  reference: string,
  { format }: { readonly format: LineageFormat },
): Promise<number> {
  const lineage = await client.getLineage(reference);
  console.data(lineage, () => DRAWINGS[format](lineage));
  return 0;
}
