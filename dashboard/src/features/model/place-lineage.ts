/** Where each model of a lineage is drawn: below its parents, beside its siblings. */
import type { Lineage } from '../../lib/api-types.ts';

type Node = Lineage['nodes'][number];

export interface Placed {
  readonly node: Node;
  readonly column: number;
  readonly row: number;
}

/** Longest way from a model without parents; a lineage has no circles. */
function depths({ nodes, edges }: Lineage): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const depth = (id: string): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    known.set(id, 0);
    const parents = edges.filter(({ child }) => child === id).map(({ parent }) => depth(parent) + 1);
    const own = Math.max(0, ...parents);
    known.set(id, own);
    return own;
  };
  for (const { id } of nodes) depth(id);
  return known;
}

export function placeLineage(lineage: Lineage): readonly Placed[] {
  const rows = depths(lineage);
  const taken = new Map<number, number>();
  return lineage.nodes
    .map((node) => ({ node, row: rows.get(node.id) ?? 0 }))
    .sort((left, right) => left.row - right.row)
    .map(({ node, row }) => {
      const column = taken.get(row) ?? 0;
      taken.set(row, column + 1);
      return { node, row, column };
    });
}
