/**
 * Properties and architecture of a model from its header, its scanned data, its configuration and its tokenizer.
 *
 * The container measures the same from the same files; a test holds the two against each other.
 */
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import { blockOf, type JsonObject, type Layout, type MeasuredTokenizer } from './model-config.ts';
import { CONFIG, LATE_BLOCKS, TOKENIZER, WEIGHTS } from './model-files.ts';
import { refusal, shown } from './model-refusal.ts';
import { DTYPES, type TensorInfo } from './safetensors.ts';
import type { ScannedTensor } from './safetensors-scan.ts';

export interface WeighedModel {
  readonly layout: Layout;
  readonly config: JsonObject;
  readonly tokenizer: MeasuredTokenizer;
  readonly tensors: readonly TensorInfo[];
  readonly scanned: readonly ScannedTensor[];
  /** Of all weight files together. */
  readonly bytes: number;
  readonly weightsHash: string;
  readonly tokenizerHash: string;
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** By code points, as Python sorts; JavaScript's own order is that of UTF-16 units. */
function byCodePoint(left: string, right: string): number {
  const [others, points] = [[...right], [...left]];
  const differs = points.findIndex((point, position) => point !== others[position]);
  if (differs === -1) return points.length - others.length;
  return (points[differs]?.codePointAt(0) ?? 0) - (others[differs]?.codePointAt(0) ?? -1);
}

/** A JSON text in ASCII: everything else is escaped, in lower case. */
function asciiJson(text: string): string {
  const escaped = JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped;
}

/** The text whose SHA-256 is the architecture hash: names and shapes as canonical JSON. */
export function architectureText(tensors: readonly Pick<TensorInfo, 'name' | 'shape'>[]): string {
  const isLate = (name: string) =>
    LATE_BLOCKS.some((block) => name.startsWith(block) || name.includes(`.${block}`));
  const counted = tensors.filter(({ name }) => !isLate(name));
  const sorted = counted.sort((left, right) => byCodePoint(left.name, right.name));
  return `{${sorted.map(({ name, shape }) => `${asciiJson(name)}:[${shape.join()}]`).join()}}`;
}

/** Refuses weights that training cannot start from, with all tensors that hold such numbers. */
export function requireFinite(scanned: readonly ScannedTensor[]): void {
  const broken = scanned.filter(({ nonFinite }) => nonFinite > 0);
  if (broken.length === 0) return;
  const total = broken.reduce((sum, { nonFinite }) => sum + nonFinite, 0);
  const listed = broken.slice(0, 20).map(({ name, nonFinite }) => `${shown(name)} (${nonFinite})`);
  throw refusal(
    'non_finite',
    `${total} weights in ${broken.length} tensors are NaN or infinite: ${listed.join(', ')}${broken.length > 20 ? ', …' : ''}.`,
    {
      hint: 'Go back to a checkpoint from before the numbers were lost.',
      problems: broken.slice(0, 100).map(({ name, nonFinite }) => ({
        pointer: `/files/${WEIGHTS}`,
        code: 'non_finite',
        message: `${shown(name)}: ${nonFinite} values are NaN or infinite`,
      })),
    },
  );
}

function embeddingOf({ layout, tensors }: WeighedModel): readonly [rows: number, width: number] {
  const { shape = [] } = tensors.find(({ name }) => name === layout.embedding) ?? {};
  const [rows, width] = shape;
  if (shape.length === 2 && rows !== undefined && width !== undefined) return [rows, width];
  throw refusal(
    'shape_mismatch',
    `The weights have no matrix "${layout.embedding}"; found ${tensors.length} other tensors.`,
    { hint: `A model of type ${layout.type} has its token embeddings under this name.` },
  );
}

/** What the configuration says about sizes must be what the tensors are. */
function checkSizes({ config, tokenizer }: WeighedModel, rows: number, width: number): void {
  const arch = { ...blockOf(config, 'arch'), ...config };
  const stated = [
    ['hidden_size', width],
    ['d_model', width],
    ['vocab_size', rows],
  ] as const;
  for (const [key, measured] of stated) {
    const said = (arch as JsonObject)[key] ?? measured;
    if (said === measured) continue;
    throw refusal('shape_mismatch', `${CONFIG} says ${key} ${String(said)}, the weights have ${measured}.`, {
      hint: 'The configuration belongs to another model.',
    });
  }
  if (tokenizer.largest < rows) return;
  throw refusal(
    'vocab_mismatch',
    `${TOKENIZER} has the id ${tokenizer.largest}, the embedding has ${rows} rows.`,
    { hint: 'The tokenizer belongs to another model.' },
  );
}

function toolsOf(config: JsonObject): { toolLayers: number; toolTypes: string[] } {
  const { layers = 0, types = [] } = blockOf(config, 'tools');
  const known = Array.isArray(types) && types.every((type) => typeof type === 'string' && type.length <= 64);
  const counted = Number.isSafeInteger(layers) && Number(layers) >= 0 && Number(layers) <= 65_536;
  if (known && types.length <= 256 && counted) {
    return { toolLayers: Number(layers), toolTypes: [...(types as string[])] };
  }
  throw refusal(
    'out_of_range',
    `${CONFIG}: tools must be {layers: a whole number, types: [at most 256 short texts]}.`,
  );
}

/** Mean bits per stored element, to four places. */
function bitsPerWeight(tensors: readonly TensorInfo[]): number {
  const elements = tensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
  const bytes = tensors.reduce((sum, { begin, end }) => sum + end - begin, 0);
  return elements === 0 ? 0 : Math.round(((bytes * 8) / elements) * 10_000) / 10_000;
}

function ternaryOf({ config, tensors }: WeighedModel): ModelProperties['ternary'] {
  const packed = tensors.some(({ name, dtype }) => name.includes('quant.') && !DTYPES[dtype].floating);
  if (packed) return 'packed';
  return blockOf(config, 'quant').enabled ? 'masters' : 'none';
}

function zeroMatricesOf({ tensors, scanned }: WeighedModel): string[] {
  const zero = new Set(scanned.filter(({ allZero }) => allZero).map(({ name }) => name));
  const matrices = tensors.filter(
    ({ name, shape }) => shape.length >= 2 && elementsOf(shape) > 0 && zero.has(name),
  );
  return matrices.map(({ name }) => name).sort(byCodePoint);
}

/** Different rows of the vocabulary that mark thoughts: two (start, end) in a model that thinks. */
function thoughtTokensOf(thought: Readonly<Record<string, unknown>>): number {
  if (!thought.enabled) return 0;
  return new Set([thought.start_id, thought.end_id].filter((row) => Number.isInteger(row))).size;
}

/** @param sha256 of text: the architecture hash is made with it. */
export function measureModel(
  model: WeighedModel,
  sha256: (text: string) => string,
): { readonly properties: ModelProperties; readonly architecture: ModelArchitecture } {
  const { layout, config, tokenizer, tensors, scanned, bytes, weightsHash, tokenizerHash } = model;
  requireFinite(scanned);
  const [vocabRows, hiddenSize] = embeddingOf(model);
  checkSizes(model, vocabRows, hiddenSize);
  const thought = blockOf(config, 'thought');
  const layers = tensors.flatMap(({ name }) => layout.layer.exec(name)?.[1] ?? []);
  const shared = {
    parameters: tensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
    bytes,
    layers: new Set(layers).size,
    hiddenSize,
    thoughtTokens: thoughtTokensOf(thought),
    ...toolsOf(config),
  };
  const properties: ModelProperties = {
    schemaVersion: 1,
    architectureHash: sha256(architectureText(tensors)),
    tokenizerHash,
    weightsHash,
    baseHash: null,
    ...shared,
    tensors: tensors.length,
    vocabRows,
    tokenizerSize: tokenizer.tokenizerSize,
    reservedRows: tokenizer.reservedRows,
    tied: !tensors.some(({ name }) => name === layout.head),
    finite: true,
    zeroMatrices: zeroMatricesOf(model),
    ternary: ternaryOf(model),
    parents: 0,
    relativeTaskVector: null,
  };
  const quantised = properties.ternary !== 'none';
  const architecture = { type: layout.type, ...shared, quantised, bits: bitsPerWeight(tensors) };
  return { properties, architecture };
}
