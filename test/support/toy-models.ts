/** Small, complete model records: the shapes that a container reports, with hashes of real bytes. */
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { ModelParent, ProducedModel } from '#contracts/source/result-manifest.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { sha256Of } from './memory/blobs.ts';
import type { MemoryStore } from './memory/store.ts';

export const hashOf = (text: string): string => sha256Of(new TextEncoder().encode(text));

export const BASE_HASH = hashOf('weights of base');

/** A trained model that nothing special was done to: it satisfies every phase from Quiet-STaR on. */
export function toyProperties(change: Partial<ModelProperties> = {}): ModelProperties {
  return {
    schemaVersion: 1,
    architectureHash: hashOf('architecture'),
    tokenizerHash: hashOf('tokenizer'),
    weightsHash: hashOf('weights'),
    baseHash: BASE_HASH,
    parameters: 1000,
    bytes: 4000,
    tensors: 12,
    layers: 2,
    hiddenSize: 32,
    vocabRows: 320,
    tokenizerSize: 320,
    reservedRows: 32,
    tied: true,
    finite: true,
    zeroMatrices: [],
    thoughtTokens: 0,
    ternary: 'none',
    toolLayers: 0,
    toolTypes: [],
    parents: 1,
    relativeTaskVector: 0.25,
    ...change,
  };
}

export function toyArchitecture(change: Partial<ModelArchitecture> = {}): ModelArchitecture {
  return {
    type: 'tiny-titan',
    parameters: 1000,
    bytes: 4000,
    layers: 2,
    hiddenSize: 32,
    thoughtTokens: 0,
    quantised: false,
    bits: 32,
    toolLayers: 0,
    toolTypes: [],
    ...change,
  };
}

/** Puts bytes into the store under their hash and describes them as a file of a model or an artifact. */
export function storeFile(store: MemoryStore, path: string, text: string) {
  const bytes = new TextEncoder().encode(text);
  const sha256 = sha256Of(bytes);
  const key = contentKey('default', sha256);
  store.blobs.set(key, bytes);
  return { path, uri: `file:///memory/blobs/${key}`, sha256, bytes: bytes.length };
}

export interface ToyModel {
  readonly name: string;
  readonly role: string;
  readonly parents?: readonly ModelParent[];
  readonly properties?: Partial<ModelProperties>;
}

export function producedModel(
  store: MemoryStore,
  { name, role, parents, properties }: ToyModel,
): ProducedModel {
  const weights = storeFile(store, 'model.safetensors', `weights of ${name}`);
  const measured = toyProperties({ weightsHash: weights.sha256, bytes: weights.bytes, ...properties });
  return {
    name,
    role,
    files: [
      weights,
      storeFile(store, 'config.json', `{"of":"${name}"}`),
      storeFile(store, 'tokenizer.json', '{"tokens":320}'),
      storeFile(store, 'properties.json', JSON.stringify(measured)),
    ],
    architecture: toyArchitecture({ parameters: measured.parameters, bytes: measured.bytes }),
    properties: measured,
    parents: [...(parents ?? [])],
  };
}
