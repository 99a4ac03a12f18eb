import { createHash } from 'node:crypto';
import jsonata, { type Expression } from 'jsonata';
import { isObject } from './json.ts';
import { javaRandom, type SeededRandom } from './random.ts';

/** What the functions need from the execution that evaluates them. */
export interface EvaluationWorld {
  random: SeededRandom;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Variable in which an evaluation carries its world: a name that no expression can write. */
export const WORLD = 'execution world';

interface Focus {
  environment: { lookup(name: string): unknown };
}

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const MAX_RANGE = 1000;

/** Adds AWS's functions to an expression and takes `$eval` away. */
export function addAwsFunctions(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:a>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  expression.registerFunction('random', random, '<n?:n>');
  expression.registerFunction('uuid', uuid, '<:s>');
  expression.registerFunction('shuffle', shuffle, '<a:a>');
  expression.registerFunction('now', now, '<s?s?:s>');
  expression.registerFunction('millis', millis, '<:n>');
  expression.assign('eval', undefined);
}

function worldOf(focus: Focus): EvaluationWorld {
  return focus.environment.lookup(WORLD) as EvaluationWorld;
}

function partition(values: unknown[] | undefined, size: number): unknown[] | undefined {
  if (values === undefined) return undefined;
  if (!Number.isInteger(size) || size <= 0) {
    throw new Error(`The second argument of $partition must be a positive integer, but was ${size}`);
  }
  const chunks: unknown[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}

/** Answers a JSONata sequence: AWS unwraps a range of one number. */
function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new Error('The third argument of $range must not be 0');
  const count = Math.floor((last - first) / step) + 1;
  if (count > MAX_RANGE) throw new Error(`$range gives at most ${MAX_RANGE} values, but would give ${count}`);
  const values: number[] = [];
  for (let index = 0; index < count; index++) values.push(first + index * step);
  return Object.defineProperty(values, 'sequence', { enumerable: false, value: true });
}

function hash(text: string, algorithm: string): string {
  const known = HASHES[algorithm];
  if (known === undefined) {
    throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}, but was asked for ${algorithm}`);
  }
  return createHash(known).update(text).digest('hex');
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`$parse got a text that is not JSON: ${(error as Error).message}`);
  }
}

function random(this: Focus, seed?: number): number {
  return seed === undefined ? worldOf(this).random.next() : javaRandom(seed);
}

function uuid(this: Focus): string {
  return worldOf(this).random.uuid();
}

function shuffle(this: Focus, values: unknown[] | undefined): unknown[] | undefined {
  if (values === undefined) return undefined;
  const { random } = worldOf(this);
  const shuffled: unknown[] = [];
  for (const [index, value] of values.entries()) {
    const place = Math.floor(random.next() * (index + 1));
    shuffled.push(shuffled[place]);
    shuffled[place] = value;
  }
  return shuffled;
}

let formatTime: Expression | undefined;

/** The library reads the machine's clock for `$now`; ours must give the same text again on replay. */
function now(this: Focus, picture?: string, timezone?: string): Promise<unknown> {
  formatTime ??= jsonata('$fromMillis($at, $picture, $timezone)');
  return formatTime.evaluate(undefined, { at: worldOf(this).now(), picture, timezone });
}

function millis(this: Focus): number {
  return worldOf(this).now();
}

/** A JSONata lambda or native function, which is no JSON value. */
export function isFunctionValue(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return isObject(value) && ('_jsonata_function' in value || '_jsonata_lambda' in value);
}
