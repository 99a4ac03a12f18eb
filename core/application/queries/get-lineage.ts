/** A model with all its ancestors and the edges between them. */
import type { Ulid } from '../../domain/ids.ts';
import { ancestors, type LineageEdge } from '../../domain/lineage.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findModel } from './find-model.ts';

export interface Lineage {
  readonly model: Ulid;
  /** The model itself, then its ancestors, nearest first, then its children. */
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export type LineageNode = Pick<Model, 'id' | 'name' | 'version' | 'role' | 'phase' | 'runId' | 'status'>;

function nodeOf({ id, name, version, role, phase, runId, status }: Model): LineageNode {
  return { id, name, version, role, phase, runId, status };
}

/** Children of a model, as edges; at most the first hundred. */
async function childrenOf(ports: Pick<ReadPorts, 'models'>, principal: Principal, parent: Ulid) {
  return (await ports.models.list(principal.tenant, { parent }, { limit: 100, after: null })).items;
}

export async function getLineage(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  reference: string,
): Promise<Lineage> {
  const model = await findModel(ports, principal, reference);
  const above = await ports.models.edgesAbove(principal.tenant, model.id);
  const members = new Map<Ulid, Model>([[model.id, model]]);
  for (const id of ancestors(above, model.id)) {
    const ancestor = await ports.models.get(principal.tenant, id);
    if (ancestor) members.set(id, ancestor);
  }
  const children = await childrenOf(ports, principal, model.id);
  for (const child of children) members.set(child.id, child);
  const below = children.flatMap((child) =>
    child.parents
      .filter((parent) => members.has(parent.modelId))
      .map((parent) => ({
        parent: parent.modelId,
        child: child.id,
        relation: parent.relation,
        weight: parent.weight,
      })),
  );
  return { model: model.id, nodes: [...members.values()].map(nodeOf), edges: [...above, ...below] };
}
