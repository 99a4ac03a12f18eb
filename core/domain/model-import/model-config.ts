/** config.json and tokenizer.json of an imported model, read as data from a stranger. */
import type { Problem } from '../errors.ts';
import { CONFIG, TOKENIZER } from './model-files.ts';
import { refusal, shown } from './model-refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** How each known family names what is measured. */
export interface Layout {
  readonly type: string;
  readonly embedding: string;
  readonly head: string;
  /** Finds the number of the layer in a tensor's name. */
  readonly layer: RegExp;
}

const TINY_TITAN: Layout = {
  type: 'tiny-titan',
  embedding: 'embedding.weight',
  head: 'head.weight',
  layer: /(?:^|\.)blocks\.(\p{Nd}+)\./u,
};
const LLAMA: Layout = {
  type: 'llama',
  embedding: 'model.embed_tokens.weight',
  head: 'lm_head.weight',
  layer: /(?:^|\.)layers\.(\p{Nd}+)\./u,
};
const LAYOUTS = [TINY_TITAN, LLAMA];

export function parseObject(path: string, bytes: Uint8Array): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw refusal('malformed_json', `${path} is not JSON in UTF-8.`, {
      hint: 'Check it with a JSON validator.',
    });
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as JsonObject;
  }
  throw refusal('malformed_json', `${path} holds ${shown(JSON.stringify(document))}, expected an object.`);
}

const LIMITS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...Object.fromEntries(
    ['d_model', 'hidden_size', 'd_ff', 'intermediate_size', 'dim', 'head_dim'].map((key) => [
      key,
      [1, 1 << 20],
    ]),
  ),
  ...Object.fromEntries(
    [
      'num_layers',
      'num_hidden_layers',
      'num_heads',
      'num_attention_heads',
      'num_key_value_heads',
      'depth',
    ].map((key) => [key, [1, 4096]]),
  ),
  vocab_size: [1, 1 << 22],
  ...Object.fromEntries(
    ['window', 'sliding_window', 'max_position_embeddings', 'chunk', 'conv', 'n_max'].map((key) => [
      key,
      [1, 1 << 24],
    ]),
  ),
  ...Object.fromEntries(['n_thought', 'n_true', 'persistent'].map((key) => [key, [0, 1 << 16]])),
};
const MAX_DEPTH = 32;

/** Keys by which loaders have been made to run code, and keys that only a library writes for itself. */
function isForbidden(key: string): boolean {
  return key.startsWith('_') || ['auto_map', 'trust_remote_code', 'constructor', 'prototype'].includes(key);
}

function problemOf(key: string, value: unknown, pointer: string): Problem | null {
  if (isForbidden(key)) return { pointer, code: 'forbidden_key', message: `${shown(key)} is not allowed` };
  const limit = Object.hasOwn(LIMITS, key) ? LIMITS[key] : undefined;
  // Null is how a library says that it uses its default.
  if (!limit || value === null) return null;
  const [least, most] = limit;
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return null;
  const got = shown(JSON.stringify(value));
  const message = `${key} is ${got}, expected a whole number from ${least} to ${most}`;
  return { pointer, code: 'out_of_range', message, expected: `${least} to ${most}`, got };
}

function findProblems(value: unknown, pointer: string, depth: number): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  if (depth > MAX_DEPTH)
    return [{ pointer, code: 'too_deep', message: `nested deeper than ${MAX_DEPTH} levels` }];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = `${pointer}/${shown(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Array.isArray(value) ? null : problemOf(key, inner, place);
    return own ? [own] : findProblems(inner, place, depth + 1);
  });
}

/** Throws unless the configuration holds nothing but settings of sizes that can be. */
export function checkConfig(config: JsonObject): void {
  const problems = findProblems(config, '', 0).slice(0, 100);
  const [first] = problems;
  if (!first) return;
  throw refusal(first.code, `${CONFIG}: ${first.message} (at ${first.pointer}).`, {
    problems,
    hint:
      first.code === 'forbidden_key'
        ? 'Remove keys that begin with _ as well as auto_map and trust_remote_code: nothing in a model may name code.'
        : 'Correct the configuration and import the model again.',
  });
}

/** The family that the configuration states; a TinyTitan's has no `model_type` but a block `arch`. */
export function layoutOf(config: JsonObject): Layout {
  const stated = config.model_type ?? ('arch' in config ? TINY_TITAN.type : undefined);
  const layout = LAYOUTS.find(({ type }) => type === stated);
  if (layout) return layout;
  const known = LAYOUTS.map(({ type }) => type).join(', ');
  throw refusal(
    'unsupported_architecture',
    `${CONFIG} says model_type ${shown(JSON.stringify(stated) ?? 'nothing')}; known are ${known}.`,
    { hint: 'Only these families can be built here; convert the model to one of them.' },
  );
}

export function blockOf(document: JsonObject, name: string): JsonObject {
  const block = document[name];
  return typeof block === 'object' && block !== null && !Array.isArray(block) ? (block as JsonObject) : {};
}

const RESERVED = /^<\|(?:thought|tool|persona|reserved)_[\p{L}\p{N}_]+\|>\n?$/u;

export interface MeasuredTokenizer {
  readonly tokenizerSize: number;
  readonly reservedRows: number;
  /** The largest id, −1 when there is none. */
  readonly largest: number;
}

/** Entries and reserved rows of a tokenizer.json. */
export function measureTokenizer(tokenizer: JsonObject): MeasuredTokenizer {
  const { added_tokens: added = [] } = tokenizer;
  const vocabulary = new Map<string, unknown>(Object.entries(blockOf(blockOf(tokenizer, 'model'), 'vocab')));
  if (!Array.isArray(added)) throw invalidTokenizer('added_tokens is not a list');
  for (const entry of added as unknown[]) {
    const { content, id } = (entry ?? {}) as { content?: unknown; id?: unknown };
    if (typeof content !== 'string') throw invalidTokenizer('an added token has no content');
    vocabulary.set(content, id);
  }
  const ids = [...vocabulary.values()];
  const wrong = ids.find((id) => !Number.isSafeInteger(id) || Number(id) < 0);
  if (wrong !== undefined) throw invalidTokenizer(`${shown(JSON.stringify(wrong))} is no id of a token`);
  return {
    tokenizerSize: new Set(ids).size,
    reservedRows: [...vocabulary.keys()].filter((token) => RESERVED.test(token)).length,
    largest: ids.reduce<number>((largest, id) => Math.max(largest, Number(id)), -1),
  };
}

function invalidTokenizer(what: string): Error {
  return refusal('tokenizer_invalid', `${TOKENIZER}: ${what}.`, {
    hint: 'Expected is what the library tokenizers writes: model.vocab and added_tokens.',
  });
}
