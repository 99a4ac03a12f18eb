/** Reading models and their lineage from DynamoDB. */
import type { LineageEdge } from '#core/domain/lineage.ts';
import type { Model } from '#core/domain/model.ts';
import type { ModelAlias } from '#core/domain/model-alias.ts';
import type { ModelFilter, ModelReader } from '#core/ports/model-reader.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import { itemsNamed, pageOfPartition } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type Item, keyOf, partitionOf } from './table-layout.ts';

/** Versions of a name that are looked at together for one that is active. */
const VERSIONS = 20;

/** The partition with the fewest rows that holds all that the filter lets through. */
function narrowest(tenant: string, { parent, name, run, phase, status }: ModelFilter): string | null {
  if (parent !== undefined) return partitionOf('modelOfParent', { tenant, parent });
  if (name !== undefined) return partitionOf('modelOfName', { tenant, name });
  if (run !== undefined) return partitionOf('modelOfRun', { tenant, run });
  if (status !== undefined && status !== 'any') return partitionOf('modelOfStatus', { tenant, status });
  return phase === undefined ? null : partitionOf('modelOfPhase', { tenant, phase });
}

function passes({ parent, name, run, phase, status }: ModelFilter): (model: Model) => boolean {
  return (model) =>
    (run === undefined || model.runId === run) &&
    (phase === undefined || model.phase === phase) &&
    (status === undefined ? model.status !== 'deleted' : status === 'any' || model.status === status) &&
    (name === undefined || model.name === name) &&
    (parent === undefined || model.parents.some(({ modelId }) => modelId === parent));
}

export function dynamoModelReader(table: DynamoTable): ModelReader {
  const keyOfModel = (tenant: string) => (model: string) => keyOf('model', { tenant, model });
  const get: ModelReader['get'] = async (tenant, id) => {
    const item = await table.get(keyOfModel(tenant)(id));
    return item && documentOf<Model>(table, item);
  };
  const named = (tenant: string, row: Item | null | undefined) =>
    row ? get(tenant, String(row.model)) : null;
  return {
    get,
    list(tenant, filter, page) {
      const rows = narrowest(tenant, filter);
      const source = {
        pk: rows ?? partitionOf('model', { tenant }),
        recordsOf: async (found: readonly Item[]) =>
          documentsOf<Model>(table, rows ? await itemsNamed(table, found, keyOfModel(tenant)) : found),
        wanted: passes(filter),
      };
      return pageOfPartition(table, source, page);
    },
    async byName(tenant, name, version) {
      if (version !== null)
        return named(tenant, await table.get(keyOf('modelVersion', { tenant, name, version })));
      const [newest] = await table.query(partitionOf('modelVersion', { tenant, name }), {
        order: 'falling',
        limit: 1,
      });
      return named(tenant, newest);
    },
    async latest(tenant, name) {
      const pk = partitionOf('modelVersion', { tenant, name });
      for (let below: string | undefined; ; ) {
        const bounds = {
          order: 'falling',
          limit: VERSIONS,
          ...(below === undefined ? {} : { below }),
        } as const;
        const rows = await table.query(pk, bounds);
        const active = rows.find(({ status }) => status === 'active');
        if (active || rows.length < VERSIONS) return named(tenant, active);
        below = rows.at(-1)?.sk;
      }
    },
    async alias(tenant, name, alias) {
      const item = await table.get(keyOf('modelAlias', { tenant, name, alias }));
      return item && documentOf<ModelAlias>(table, item);
    },
    edgesAbove: (tenant, id) => edgesAbove(table, tenant, id),
  };
}

/** Generation by generation: a model's record names its parents. */
async function edgesAbove(table: DynamoTable, tenant: string, id: string): Promise<readonly LineageEdge[]> {
  const edges: LineageEdge[] = [];
  const seen = new Set([id]);
  for (let front = [id]; front.length > 0; ) {
    const items = await table.getAll(front.map((model) => keyOf('model', { tenant, model })));
    const above = (await documentsOf<Model>(table, items)).flatMap(({ id: child, parents }) =>
      parents.map(({ modelId, relation, weight }) => ({ parent: modelId, child, relation, weight })),
    );
    edges.push(...above);
    front = [...new Set(above.map(({ parent }) => parent))].filter((parent) => !seen.has(parent));
    for (const parent of front) seen.add(parent);
  }
  return edges;
}
