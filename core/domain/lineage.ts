/** Lineage: which model came from which. A graph without cycles whose every parent exists. */
import type { ModelParent } from '#contracts/source/result-manifest.ts';
import { ForgeError } from './errors.ts';
import type { Ulid } from './ids.ts';

export interface LineageEdge {
  readonly parent: Ulid;
  readonly child: Ulid;
  readonly relation: ModelParent['relation'];
  readonly weight: number;
}

/** All ancestors of a model, nearest first, each once. */
export function ancestors(edges: readonly LineageEdge[], child: Ulid): readonly Ulid[] {
  const seen = new Set<Ulid>();
  let front: readonly Ulid[] = [child];
  while (front.length > 0) {
    const parents = edges.filter((edge) => front.includes(edge.child)).map((edge) => edge.parent);
    front = [...new Set(parents)].filter((parent) => !seen.has(parent));
    for (const parent of front) seen.add(parent);
  }
  return [...seen];
}

/** Refuses an edge that would make a model its own ancestor. */
export function refuseCycle(edges: readonly LineageEdge[], added: LineageEdge): void {
  if (added.parent !== added.child && !ancestors(edges, added.parent).includes(added.child)) return;
  throw new ForgeError(
    'conflict',
    `Model ${added.child} cannot descend from itself (through ${added.parent}).`,
    {
      code: 'lineage_cycle',
      hint: 'Leave the model itself and its descendants out of its parents.',
    },
  );
}
