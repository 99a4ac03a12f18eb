/** Turns the models of a result manifest into registry records, with ids that a repetition finds again. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ProducedModel, ResultManifest } from '#contracts/source/result-manifest.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid, type Ulid } from '../../domain/ids.ts';
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

export async function registerProduced(
  ports: RegisterPorts,
  principal: Principal,
  production: Production,
): Promise<readonly Model[]> {
  const { run, phase, result, metrics, at } = production;
  const idOf = (name: string) => modelId(ports, production, name);
  const records: Model[] = [];
  for (const made of result.models) {
    const name = `${run.name}-${made.name}`;
    const parents = parentLinks(made, idOf);
    const first = parents[0]?.modelId;
    const parent =
      records.find((model) => model.id === first) ??
      (first ? await ports.models.get(principal.tenant, first) : null);
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
