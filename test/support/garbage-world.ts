/** A world with every kind of thing that may or may not be garbage, and an own account of what must stay. */
import { checkpointPrefix, contentKey, reportKey, stagePrefix, taskKey } from '#core/domain/blob-key.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Model } from '#core/domain/model.ts';
import { newRun, type Run, type RunStatus } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from './memory-ports.ts';
import { hashOf, toyArchitecture, toyProperties } from './toy-models.ts';
import { writeJson } from './toy-results.ts';
import { toyDocument } from './toy-run.ts';

export const NOW = '2026-03-10T12:00:00.000Z';
export const HOUR = 3600 * 1000;
export const DAY = 24 * HOUR;

export interface RunSpec {
  readonly status: RunStatus;
  /** Hours before now at which it was made; it ended an hour later, if it has ended. */
  readonly age: number;
  readonly test: boolean;
  /** Numbers of the blobs that its result, its checkpoint's files and its checkpoint's document name. */
  readonly result: readonly number[];
  readonly checkpoint: readonly number[];
  readonly nested: readonly number[];
}

export interface ModelSpec {
  readonly state: 'active' | 'quarantined' | 'deleted' | 'expired' | 'purged';
  readonly blobs: readonly number[];
  /** Number of a run that was given the model. */
  readonly usedBy: number | null;
}

export interface WorldSpec {
  readonly runs: readonly RunSpec[];
  readonly models: readonly ModelSpec[];
  readonly corpora: readonly number[];
  /** Age in hours of each numbered blob. */
  readonly blobAges: readonly number[];
}

export interface GarbageWorld {
  readonly ports: MemoryPorts;
  readonly runs: readonly Run[];
  readonly models: readonly Model[];
}

const textOf = (blob: number) => `blob ${blob}`;
export const keyOfBlob = (blob: number): string => contentKey('default', hashOf(textOf(blob)));
const fileOf = (blob: number, path = `file-${blob}.bin`) => ({
  path,
  uri: `file:///memory/blobs/${keyOfBlob(blob)}`,
  sha256: hashOf(textOf(blob)),
  bytes: textOf(blob).length,
});

const atHours = (hours: number): string => new Date(Date.parse(NOW) - hours * HOUR).toISOString();
const idOf = (hours: number, position: number) =>
  makeUlid(new Date(Date.parse(NOW) - hours * HOUR), new Uint8Array(10).fill(position + 1));

/** The document in a checkpoint's own blob, which names what its job has published. */
const nestedText = ({ nested }: RunSpec, position: number) =>
  JSON.stringify({ run: position, models: nested.map((blob) => fileOf(blob)) });

export const nestedKey = (spec: RunSpec, position: number): string =>
  contentKey('default', hashOf(nestedText(spec, position)));

export async function garbageWorld(spec: WorldSpec, tenant = ADMIN.tenant): Promise<GarbageWorld> {
  const ports = memoryPorts(NOW);
  const put = (key: string, text: string, hours: number) => {
    ports.store.blobs.set(key, new TextEncoder().encode(text));
    ports.store.blobTimes.set(key, new Date(Date.parse(NOW) - hours * HOUR));
  };
  for (const [blob, age] of spec.blobAges.entries()) put(keyOfBlob(blob), textOf(blob), age);
  const models = spec.models.map((model, position) => modelOf(model, position, tenant));
  const runs = spec.runs.map((run, position) => {
    const used = models.filter((_, index) => spec.models[index]?.usedBy === position).map(({ id }) => id);
    return runOf(run, position, tenant, used);
  });
  await ports.registry.commit(tenant, [
    ...runs.map((run) => ({ kind: 'run', run, expected: null }) as const),
    ...models.map((model) => ({ kind: 'model', model, expected: null }) as const),
    ...spec.corpora.map((blob, position) => corpusOf(blob, position, tenant)),
  ]);
  for (const [position, run] of spec.runs.entries()) {
    const { id } = runs[position] ?? newRunOf(run, position, tenant);
    put(nestedKey(run, position), nestedText(run, position), run.age);
    leaveFiles(ports, id, run, nestedFile(run, position));
  }
  return { ports, runs, models };
}

function nestedFile(run: RunSpec, position: number) {
  return { path: 'job.json', sha256: hashOf(nestedText(run, position)), bytes: 1 };
}

/** What a run leaves: task, result, checkpoint with its pointer, report. */
function leaveFiles(ports: MemoryPorts, id: string, run: RunSpec, nested: object): void {
  const { store } = ports;
  const checkpoints = checkpointPrefix(id, 'cognate', 'base');
  writeJson(store, taskKey(id, 'cognate', 'base'), { runId: id });
  writeJson(store, `${stagePrefix(id, 'cognate', 'base')}result.json`, {
    models: [{ files: run.result.map((blob) => fileOf(blob)) }],
  });
  writeJson(store, `${checkpoints}manifests/0000000001-${'0'.repeat(64)}.json`, {
    files: [...run.checkpoint.map((blob) => fileOf(blob)), nested],
  });
  writeJson(store, `${checkpoints}latest.json`, { step: 1 });
  for (const format of ['json', 'md'] as const) writeJson(store, reportKey(id, format), { run: id });
}

function newRunOf(spec: RunSpec, position: number, tenant: string): Run {
  const id = idOf(spec.age, position);
  const document = toyDocument({
    name: `run-${position}`,
    ...(spec.test ? {} : { preset: 'demo' }),
  });
  const resolved = {
    name: document.name,
    phases: ['cognate'],
    seed: 1,
    corpus: null,
    models: [],
    config: {},
    gates: {},
    threads: {},
  } as const;
  return newRun({ tenant, id, document, resolved, at: atHours(spec.age) });
}

function runOf(spec: RunSpec, position: number, tenant: string, models: readonly string[]): Run {
  const run = newRunOf(spec, position, tenant);
  const ended = ['succeeded', 'failed', 'cancelled'].includes(spec.status);
  return {
    ...run,
    status: spec.status,
    resolved: { ...run.resolved, models },
    endedAt: ended ? atHours(spec.age - 1) : null,
  };
}

function modelOf({ state, blobs }: ModelSpec, position: number, tenant: string): Model {
  const deletedAt = atHours(state === 'deleted' ? 24 : 24 * 8);
  const tombstone = {
    deletedAt,
    purgeAfter: new Date(Date.parse(deletedAt) + 7 * DAY).toISOString(),
    before: 'active',
    purgedAt: state === 'purged' ? atHours(1) : null,
  } as const;
  const gone = state === 'deleted' || state === 'expired' || state === 'purged';
  return {
    schemaVersion: 1,
    tenant,
    id: idOf(500, position),
    name: `model-${position}`,
    version: 1,
    runId: null,
    phase: null,
    role: 'imported',
    status: gone ? 'deleted' : state,
    files: state === 'purged' ? [] : blobs.map((blob) => fileOf(blob)),
    architecture: toyArchitecture(),
    properties: toyProperties(),
    parents: [],
    lifecycle: [],
    ...(gone ? { tombstone } : {}),
    createdAt: atHours(500),
    updatedAt: atHours(500),
    recordVersion: 1,
  };
}

function corpusOf(blob: number, position: number, tenant: string) {
  const corpus = {
    schemaVersion: 1,
    tenant,
    id: idOf(400, position),
    name: `corpus-${position}`,
    sha256: hashOf(textOf(blob)),
    bytes: 1,
    documents: 1,
    licence: 'public domain',
    createdAt: atHours(400),
    recordVersion: 1,
  } as const;
  return { kind: 'corpus', corpus, expected: null } as const;
}
