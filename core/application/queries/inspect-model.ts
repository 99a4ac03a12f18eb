/** Checks every uploaded file of a model and measures what they make up. Writes nothing. */
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import {
  checkConfig,
  layoutOf,
  measureTokenizer,
  parseObject,
} from '../../domain/model-import/model-config.ts';
import {
  CONFIG,
  checkFileNames,
  INDEX,
  isSafePath,
  type OfferedFile,
  TOKENIZER,
  unsafePath,
  WEIGHTS,
} from '../../domain/model-import/model-files.ts';
import { measureModel } from '../../domain/model-import/model-measurements.ts';
import { refusal, shown } from '../../domain/model-import/model-refusal.ts';
import type { Hasher } from '../../ports/clock.ts';
import {
  inspectDocument,
  inspectWeights,
  requireUploaded,
  type Uploads,
  type Weights,
} from './inspect-weights.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

type InspectPorts = Uploads & { readonly hasher: Hasher };

export interface InspectedModel {
  readonly properties: ModelProperties;
  readonly architecture: ModelArchitecture;
}

type WeightFiles = Weights & { readonly bytes: number; readonly weightsHash: string };

export async function inspectModel(
  ports: InspectPorts,
  files: readonly OfferedFile[],
): Promise<InspectedModel> {
  checkFileNames(files);
  for (const file of files) await requireUploaded(ports, file);
  const documents = new Map<string, Uint8Array>();
  for (const file of files.filter(({ path }) => !path.endsWith('.safetensors'))) {
    const limit = file.path === CONFIG ? MAX_CONFIG_BYTES : MAX_DOCUMENT_BYTES;
    documents.set(file.path, await inspectDocument(ports, file, limit));
  }
  const read = (path: string) => parseObject(path, documents.get(path) ?? new Uint8Array());
  const config = read(CONFIG);
  checkConfig(config);
  const layout = layoutOf(config);
  const tokenizer = measureTokenizer(read(TOKENIZER));
  const map = documents.has(INDEX) ? readIndex(read(INDEX).weight_map, files) : null;
  const weights = await weightsOf(ports, files, map);
  const tokenizerHash = files.find(({ path }) => path === TOKENIZER)?.sha256 ?? '';
  return measureModel({ layout, config, tokenizer, tokenizerHash, ...weights }, (text) =>
    ports.hasher.sha256(text),
  );
}

/** Tensor → shard. Every shard has to be one of the files. */
function readIndex(map: unknown, files: readonly OfferedFile[]): ReadonlyMap<string, string> {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw refusal('index_mismatch', `${INDEX} has no weight_map.`, {
      hint: 'It maps each tensor to its shard.',
    });
  }
  const present = new Set(files.map(({ path }) => path));
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !isSafePath(shard)) throw unsafePath(String(shard), INDEX);
    if (present.has(shard) && shard.endsWith('.safetensors')) continue;
    throw refusal(
      'missing_shard',
      `${INDEX} puts "${shown(tensor)}" into ${shown(shard)}, which is not there.`,
      {
        hint: 'Upload every shard and list it among the files.',
      },
    );
  }
  return new Map(Object.entries(map) as [string, string][]);
}

async function weightsOf(
  ports: InspectPorts,
  files: readonly OfferedFile[],
  map: ReadonlyMap<string, string> | null,
): Promise<WeightFiles> {
  const wanted = new Set(map ? map.values() : [WEIGHTS]);
  const offered = files.filter(({ path }) => path.endsWith('.safetensors'));
  const stray = offered.find(({ path }) => !wanted.has(path));
  if (stray) {
    throw refusal('file_not_allowed', `${shown(stray.path)} belongs to no ${map ? INDEX : WEIGHTS}.`, {
      hint: 'Send the weights of one model only.',
    });
  }
  const shards: (readonly [OfferedFile, Weights])[] = [];
  for (const file of offered) shards.push([file, await inspectWeights(ports, file)]);
  if (map) checkShards(map, shards);
  const hashes = offered.map(({ sha256 }) => sha256);
  return {
    tensors: shards.flatMap(([, { tensors }]) => tensors),
    scanned: shards.flatMap(([, { scanned }]) => scanned),
    bytes: offered.reduce((sum, { bytes }) => sum + bytes, 0),
    // Of shards there is no one file to hash: the hash of their hashes stands for them.
    weightsHash: map ? ports.hasher.sha256(hashes.sort().join('\n')) : (hashes[0] ?? ''),
  };
}

/** Each tensor lies in the shard that the index names, once, and the index names them all. */
function checkShards(
  map: ReadonlyMap<string, string>,
  shards: readonly (readonly [OfferedFile, Weights])[],
): void {
  const seen = new Set<string>();
  for (const [{ path }, { tensors }] of shards) {
    for (const { name } of tensors) {
      if (seen.has(name)) throw refusal('duplicate_tensor', `Two shards hold the tensor "${shown(name)}".`);
      seen.add(name);
      if (map.get(name) === path) continue;
      throw refusal(
        'index_mismatch',
        `"${shown(name)}" lies in ${path}; ${INDEX} says ${shown(map.get(name) ?? 'nothing')}.`,
      );
    }
  }
  const absent = [...map.keys()].find((name) => !seen.has(name));
  if (absent === undefined) return;
  throw refusal('index_mismatch', `${INDEX} names "${shown(absent)}", which no shard holds.`);
}
