/** Turns the models of a result manifest into registry records, with ids that a repetition finds again. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ProducedModel, ResultManifest } from '#contracts/source/result-manifest.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid, type Ulid } from '../../domain/ids.ts';
import { ancestors, type LineageEdge, refuseCycle } from '../../domain/lineage.ts';
import { applyPhase, type Model, type ModelParentLink } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { phaseRecord, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';

export interface Production {
  readonly run: Run;
  readonly phase: PhaseSlug;
  readonly result: ResultManifest;
  readonly metrics: readonly MetricRecord[];
  readonly at: string;
}

type RegisterPorts = Pick<Ports, 'models' | 'hasher'>;

/** The same run, phase and name give the same id however often the phase is completed. */
function modelId(ports: Pick<Ports, 'hasher'>, { run, phase }: Production, name: string): Ulid {
  const digest = ports.hasher.sha256(`${run.tenant}/${run.id}/${phase}/${name}`);
  const entropy = Uint8Array.from(digest.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return makeUlid(new Date(phaseRecord(run, phase).startedAt ?? run.createdAt), entropy);
}

async function nextVersion(ports: RegisterPorts, principal: Principal, name: string): Promise<number> {
  return ((await ports.models.byName(principal.tenant, name, null))?.version ?? 0) + 1;
}

function parentLinks(made: ProducedModel, idOf: (name: string) => Ulid): readonly ModelParentLink[] {
  return made.parents.map(({ name, modelId: id, relation, weight }) => {
    if (id !== null) return { modelId: id, relation, weight };
    if (name !== null) return { modelId: idOf(name), relation, weight };
    throw new ForgeError('bug', `Model ${made.name} names a parent without a name or an id.`);
  });
}

/** Parents before their children, whatever the order of the manifest; refuses names that stand twice and circles. */
function parentsFirst(
  models: readonly ProducedModel[],
  idOf: (name: string) => Ulid,
): readonly ProducedModel[] {
  const ids = models.map((model) => idOf(model.name));
  const twice = models.find((_, position) => ids.indexOf(ids[position] ?? '') !== position);
  if (twice) throw new ForgeError('bug', `The phase made two models of the name ${twice.name}.`);
  const edges: LineageEdge[] = [];
  for (const made of models) {
    for (const { modelId: parent, relation, weight } of parentLinks(made, idOf)) {
      const edge = { parent, child: idOf(made.name), relation, weight };
      refuseCycle(edges, edge);
      edges.push(edge);
    }
  }
  const depth = (made: ProducedModel) =>
    ancestors(edges, idOf(made.name)).filter((ancestor) => ids.includes(ancestor)).length;
  return [...models].sort((left, right) => depth(left) - depth(right));
}

/** The parents' records; throws unless every one of them exists. */
async function parentRecords(
  ports: RegisterPorts,
  principal: Principal,
  made: { readonly name: string; readonly parents: readonly ModelParentLink[] },
  siblings: readonly Model[],
): Promise<readonly Model[]> {
  const parents: Model[] = [];
  for (const { modelId: id } of made.parents) {
    const parent =
      siblings.find((model) => model.id === id) ?? (await ports.models.get(principal.tenant, id));
    if (!parent) throw new ForgeError('bug', `Model ${made.name} names the parent ${id}, which nobody made.`);
    parents.push(parent);
  }
  return parents;
}

export async function registerProduced(
  ports: RegisterPorts,
  principal: Principal,
  production: Production,
): Promise<readonly Model[]> {
  const { run, phase, result, metrics, at } = production;
  const idOf = (name: string) => modelId(ports, production, name);
  const records: Model[] = [];
  for (const made of parentsFirst(result.models, idOf)) {
    const name = `${run.name}-${made.name}`;
    const parents = parentLinks(made, idOf);
    const [parent = null] = await parentRecords(ports, principal, { name: made.name, parents }, records);
    const about = metrics.filter((metric) => metric.model === made.name).map((metric) => metric.id);
    records.push({
      schemaVersion: 1,
      tenant: principal.tenant,
      id: idOf(made.name),
      name,
      version: await nextVersion(ports, principal, name),
      runId: run.id,
      phase,
      role: made.role,
      status: 'active',
      files: made.files,
      architecture: made.architecture,
      properties: made.properties,
      parents,
      lifecycle: applyPhase(parent, {
        architecture: made.architecture,
        phase,
        runId: run.id,
        at,
        metrics: about,
      }),
      createdAt: at,
      updatedAt: at,
      recordVersion: 1,
    });
  }
  return records;
}
