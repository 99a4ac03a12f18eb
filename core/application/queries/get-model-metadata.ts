/** The metadata document of a model, put together from the registry and checked against its schema before it leaves. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { type ModelMetadata, modelMetadata } from '#contracts/source/model-metadata.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { ancestors } from '../../domain/lineage.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import { threadsOf } from '../../domain/threads.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findModel } from './find-model.ts';

type MetadataPorts = Pick<ReadPorts, 'models' | 'runs' | 'metrics' | 'corpora'>;

export async function getModelMetadata(
  ports: MetadataPorts,
  principal: Principal,
  reference: string,
): Promise<ModelMetadata> {
  const model = await findModel(ports, principal, reference);
  const family = await familyOf(ports, principal, model);
  const run = model.runId === null ? null : await ports.runs.get(principal.tenant, model.runId);
  const document = {
    schemaVersion: 1,
    kind: 'ModelMetadata',
    identity: identityOf(model, run),
    architecture: model.architecture,
    properties: model.properties,
    lineage: lineageOf(model, family),
    metrics: await metricsOf(ports, principal, model),
    files: model.files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
    licences: await licencesOf(
      ports,
      principal,
      [model, ...family.values()].flatMap((each) => each ?? []),
    ),
    reproduction: run && {
      command: 'forge runs create -f run.yaml',
      document: JSON.stringify(run.document),
      seed: run.resolved.seed,
      threads: model.phase && threadsOf(run.resolved, model.phase),
    },
  };
  const parsed = parseDocument(modelMetadata, document);
  if (parsed.ok) return parsed.value;
  const [problem] = parsed.problems;
  throw new ForgeError(
    'corrupt',
    `The record of ${model.id} is not whole: ${problem?.pointer} ${problem?.message}`,
    {
      problems: parsed.problems,
      hint: 'Read the record itself with `forge models get`.',
    },
  );
}

type Family = ReadonlyMap<Ulid, Model | null>;

/** Ancestors by id, nearest first; null where the registry has none. */
async function familyOf({ models }: MetadataPorts, { tenant }: Principal, model: Model): Promise<Family> {
  const family = new Map<Ulid, Model | null>();
  for (const id of ancestors(await models.edgesAbove(tenant, model.id), model.id)) {
    family.set(id, await models.get(tenant, id));
  }
  return family;
}

function identityOf(model: Model, run: Run | null) {
  const { id, name, version, role, status, phase, createdAt } = model;
  const reference = modelReference(model);
  return {
    id,
    reference,
    name,
    version,
    role,
    status,
    run: run && { id: run.id, name: run.name },
    phase,
    createdAt,
  };
}

function lineageOf({ parents, lifecycle }: Model, family: Family) {
  const relative = (modelId: Ulid) => {
    const known = family.get(modelId);
    return { modelId, reference: known ? modelReference(known) : null, role: known?.role ?? null };
  };
  return {
    parents: parents.map(({ modelId, relation, weight }) => ({ ...relative(modelId), relation, weight })),
    ancestors: [...family.keys()].map(relative),
    phases: lifecycle.map(({ phase, runId, at }) => ({ phase, runId, at })),
  };
}

/** Final figures about this model and what it was before; what was logged per step belongs to charts. */
async function metricsOf({ metrics }: MetadataPorts, { tenant }: Principal, { lifecycle }: Model) {
  const records: MetricRecord[] = [];
  for (const id of lifecycle.flatMap((event) => event.metrics)) {
    const record = await metrics.get(tenant, id);
    if (record?.step === null) records.push(record);
  }
  return records.map(({ id, name, phase, split, source, value, unit }) => ({
    name,
    phase,
    split,
    source,
    measured: { value, unit, metric: id },
  }));
}

/** What the texts and the imported weights may be used for, each once. */
async function licencesOf(ports: MetadataPorts, { tenant }: Principal, models: readonly Model[]) {
  const found = new Map<string, ModelMetadata['licences'][number]>();
  const add = (licence: ModelMetadata['licences'][number]) =>
    found.set(`${licence.of} ${licence.sha256}`, licence);
  for (const model of models) {
    if (model.runId === null) {
      const { weightsHash: sha256 } = model.properties;
      add({ of: 'import', name: modelReference(model), sha256, licence: model.licence ?? 'unknown' });
      continue;
    }
    const run = await ports.runs.get(tenant, model.runId);
    const corpus = run?.resolved.corpus && (await ports.corpora.get(tenant, run.resolved.corpus.id));
    if (corpus) add({ of: 'corpus', name: corpus.name, sha256: corpus.sha256, licence: corpus.licence });
  }
  return [...found.values()];
}
