/** Small valid records for contract tests; `change` replaces fields. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import type { Corpus } from '#core/domain/corpus.ts';
import type { NewEvent } from '#core/domain/event.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Model } from '#core/domain/model.ts';
import type { ModelAlias } from '#core/domain/model-alias.ts';
import type { Preset } from '#core/domain/preset.ts';
import { newRun, type Run } from '#core/domain/run.ts';
import type { Upload } from '#core/domain/upload.ts';
import { hashOf, toyArchitecture, toyProperties } from '#test/support/toy-models.ts';

export const TENANT = 'acme';
export const OTHER = 'rival';
export const AT = '2026-03-01T12:00:00.000Z';

/** Ids rise with the number, as ids rise with time. */
export function idOf(number: number): string {
  return makeUlid(new Date(Date.parse(AT) + number), new Uint8Array(10).fill(number % 251));
}

export function runOf(number: number, change: Partial<Run> = {}): Run {
  const document = runDocument.parse({
    apiVersion: 'forge/v1',
    name: 'toy',
    phases: ['cognate'],
    input: { corpus: 'speeches' },
  });
  const resolved = {
    name: 'toy',
    phases: ['cognate' as const],
    seed: 1,
    corpus: { id: idOf(900), sha256: hashOf('corpus') },
    models: [],
    config: {},
    gates: {},
    threads: {},
  };
  return { ...newRun({ tenant: TENANT, id: idOf(number), document, resolved, at: AT }), ...change };
}

export function modelOf(number: number, change: Partial<Model> = {}): Model {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    id: idOf(number),
    name: 'toy-reasoning',
    version: 1,
    runId: idOf(1),
    phase: 'cognate',
    role: 'variant',
    status: 'active',
    files: [{ path: 'model.safetensors', uri: 'file:///x/model.safetensors', sha256: hashOf('m'), bytes: 1 }],
    architecture: toyArchitecture(),
    properties: toyProperties(),
    parents: [],
    lifecycle: [],
    createdAt: AT,
    updatedAt: AT,
    recordVersion: 1,
    ...change,
  } as Model;
}

export function aliasOf(modelId: string, change: Partial<ModelAlias> = {}): ModelAlias {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    name: 'toy-reasoning',
    alias: 'best',
    modelId,
    updatedAt: AT,
    recordVersion: 1,
    ...change,
  };
}

export function corpusOf(number: number, change: Partial<Corpus> = {}): Corpus {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    id: idOf(number),
    name: 'speeches',
    sha256: hashOf(`corpus ${number}`),
    bytes: 10,
    documents: 1,
    licence: 'public domain',
    createdAt: AT,
    recordVersion: 1,
    ...change,
  };
}

export function presetOf(change: Partial<Preset> = {}): Preset {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    name: 'mine',
    description: 'fewer steps',
    config: { cognate: { steps: 10 } },
    builtIn: false,
    updatedAt: AT,
    recordVersion: 1,
    ...change,
  };
}

export function eventOf(run: string, change: Partial<NewEvent> = {}): NewEvent {
  return { type: 'phase_progress', run, phase: 'cognate', attempt: 1, at: AT, data: { step: 1 }, ...change };
}

export function metricOf(run: string, name: string, change: Partial<MetricRecord> = {}): MetricRecord {
  return {
    schemaVersion: 1,
    id: `${run}/cognate/evaluate/1/${name}`,
    name,
    value: 1,
    unit: 'bits/byte',
    runId: run,
    phase: 'cognate',
    stage: 'evaluate',
    index: null,
    jobId: 'job',
    attempt: 1,
    step: null,
    model: null,
    split: 'heldout',
    source: 'agent_forge.evaluation',
    at: AT,
    ...change,
  };
}

/** What a promise was refused with: a ForgeError's kind and code. */
export async function refusal(promise: Promise<unknown>): Promise<{ kind: unknown; code: unknown }> {
  try {
    await promise;
  } catch (error) {
    const { kind, code } = error as { kind?: unknown; code?: unknown };
    return { kind, code };
  }
  throw new Error('expected a refusal, got success');
}

export function uploadOf(number: number, change: Partial<Upload> = {}): Upload {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    id: idOf(number),
    contentHash: hashOf(`upload ${number}`),
    folder: 'demo-one',
    status: 'unmatched',
    rule: null,
    modelId: null,
    runId: null,
    reason: { code: 'no_rule', message: 'No upload rule names the folder.', hint: null },
    quarantined: [],
    createdAt: AT,
    recordVersion: 1,
    ...change,
  };
}
