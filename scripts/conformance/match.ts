import { isObject, type Json, type JsonObject } from '#local/asl/json.ts';

/** Where two values differ: a path and the two sides. */
export interface Difference {
  at: string;
  expected: unknown;
  actual: unknown;
}

/** Compares recorded values with ours; placeholders of the recording stand for anything. */
export class Matcher {
  private readonly whole: Set<string>;
  private readonly inside: string[];

  constructor(placeholders: string[]) {
    this.inside = placeholders.filter((name) => name.startsWith('<'));
    this.whole = new Set(placeholders.filter((name) => !name.startsWith('<')));
  }

  /** The first difference, or undefined when the values agree. Numbers by value, object key order ignored. */
  compare(expected: unknown, actual: unknown, at: string): Difference | undefined {
    if (typeof expected === 'string')
      return this.matchesText(expected, actual) ? undefined : { at, expected, actual };
    if (Array.isArray(expected)) return this.compareArrays(expected, actual, at);
    if (isObject(expected)) return this.compareObjects(expected, actual, at);
    return expected === actual ? undefined : { at, expected, actual };
  }

  /** A cause: as text, or as parsed JSON where the recording has it parsed. */
  compareCause(expected: JsonObject, actual: JsonObject, at: string): Difference | undefined {
    if (expected.causeJson === undefined) {
      if (expected.cause === undefined && actual.cause === undefined) return undefined;
      return this.compare(expected.cause, actual.cause, `${at}.cause`);
    }
    return this.compare(expected.causeJson, parseOr(actual.cause), `${at}.cause`);
  }

  private matchesText(expected: string, actual: unknown): boolean {
    if (this.whole.has(expected)) return actual !== undefined;
    if (expected === actual) return true;
    const used = this.inside.filter((name) => expected.includes(name));
    if (used.length === 0) return false;
    if (used.includes(expected) && actual !== undefined) return true;
    if (typeof actual !== 'string') return false;
    const alternatives = used.map(escapeRegExp).join('|');
    const pattern = expected.split(new RegExp(alternatives)).map(escapeRegExp).join('[\\s\\S]*');
    return new RegExp(`^${pattern}$`).test(actual);
  }

  private compareArrays(expected: unknown[], actual: unknown, at: string): Difference | undefined {
    if (!Array.isArray(actual) || actual.length !== expected.length) return { at, expected, actual };
    return first(expected.keys(), (index) => this.compare(expected[index], actual[index], `${at}[${index}]`));
  }

  private compareObjects(expected: JsonObject, actual: unknown, at: string): Difference | undefined {
    if (!isObject(actual)) return { at, expected, actual };
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return first(keys, (key) => {
      if (!(key in expected) || !(key in actual)) {
        return { at: `${at}.${key}`, expected: expected[key], actual: actual[key] };
      }
      return this.compare(expected[key], actual[key], `${at}.${key}`);
    });
  }
}

/** The first answer that is not undefined. */
export function first<T, R>(values: Iterable<T>, look: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = look(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseOr(text: Json | undefined): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
