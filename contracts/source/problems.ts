/** Turns what zod says into problems that a person can act on: pointer, what was expected, what came, the nearest name. */
import type * as z from 'zod';
import { nearestName } from './nearest-name.ts';

export { nearestName };

export interface DocumentProblem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly suggestion?: string;
}

export type Parsed<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

type Path = readonly PropertyKey[];

/** Nobody corrects more at once, and a megabyte of wrong keys must not become a hundred megabytes of answer. */
const MAX_PROBLEMS = 100;
/** Names that JavaScript gives a meaning of its own: no document needs them, so none may bring them. */
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, part) : undefined),
    value,
  );
}

/** What came, shortened; what JSON cannot express (a circle, a bigint) is named by its type. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  try {
    const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  } catch {
    return typeof value;
  }
}

interface Definition {
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
}

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as Definition;

/** Looks through optional and default wrappers and into every option of a union. */
function plainSchemas(schema: z.ZodType): readonly z.ZodType[] {
  const { innerType, options } = definitionOf(schema);
  if (innerType) return plainSchemas(innerType);
  return options ? options.flatMap(plainSchemas) : [schema];
}

function schemasBelow(schema: z.ZodType, part: PropertyKey): readonly z.ZodType[] {
  const { shape, element, valueType } = definitionOf(schema);
  const field = shape && Object.hasOwn(shape, part) ? shape[String(part)] : undefined;
  const below = field ?? element ?? valueType;
  return below ? plainSchemas(below) : [];
}

/** Keys that the schema knows at a path; empty where there is no object schema. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const found = path.reduce<readonly z.ZodType[]>(
    (schemas, part) => schemas.flatMap((each) => schemasBelow(each, part)),
    plainSchemas(schema),
  );
  return [...new Set(found.flatMap((each) => Object.keys(definitionOf(each).shape ?? {})))];
}

function unknownField(path: Path, known: readonly string[]): DocumentProblem {
  const key = String(path.at(-1));
  const suggestion = nearestName(key, known);
  const shown = key.length > 80 ? `${key.slice(0, 77)}...` : key;
  const message = `${shown} is not a known field${suggestion ? `; did you mean ${suggestion}?` : ''}`;
  const base = { pointer: pointerOf(path), code: 'unknown_field', message, expected: known.join(', ') };
  return suggestion ? { ...base, suggestion } : base;
}

const CODES: Readonly<Record<string, string>> = {
  invalid_type: 'invalid_type',
  too_big: 'out_of_range',
  too_small: 'out_of_range',
  not_multiple_of: 'out_of_range',
  invalid_format: 'invalid_format',
  invalid_value: 'invalid_value',
  invalid_union: 'out_of_range',
  custom: 'invalid',
};

function codeOf(issue: z.core.$ZodIssue, pointer: string, got: unknown): string {
  // YAML has .inf and .nan, and JSON's 1e400 reads as infinity: numbers, but out of every range.
  if (typeof got === 'number' && !Number.isFinite(got)) return 'out_of_range';
  // A rule that zod does not know says itself which code it refuses with.
  const own: unknown = issue.code === 'custom' ? issue.params?.code : undefined;
  const code = typeof own === 'string' ? own : (CODES[issue.code] ?? 'invalid');
  return code === 'invalid_format' && pointer === '/name' ? 'invalid_name' : code;
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): DocumentProblem[] {
  const pointer = pointerOf(issue.path);
  const got = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => unknownField([...issue.path, key], known));
  }
  if (got === undefined && issue.code !== 'custom') {
    const expected = issue.message
      .replace(/^Invalid (input|option): expected /, '')
      .replace(/, received .*$/, '');
    return [{ pointer, code: 'required', message: `${pointer || 'the document'} is required`, expected }];
  }
  return [{ pointer, code: codeOf(issue, pointer, got), message: issue.message, got: show(got) }];
}

/** A path as it is walked: kept as links, because copying it at each step of a deep document would take for ever. */
interface Trail {
  readonly part: string;
  readonly above: Trail | null;
}

function pathOf(trail: Trail): Path {
  const path: string[] = [];
  for (let at: Trail | null = trail; at; at = at.above) path.push(at.part);
  return path.reverse();
}

/** Forbidden keys at any depth, where a schema takes free keys too: zod drops `__proto__` there without a word. */
function forbiddenKeys(document: unknown): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const seen = new Set<unknown>();
  const open: { readonly value: unknown; readonly above: Trail | null }[] = [
    { value: document, above: null },
  ];
  for (let next = open.pop(); next !== undefined && problems.length < MAX_PROBLEMS; next = open.pop()) {
    const { value, above } = next;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const part of Object.keys(value)) {
      if (FORBIDDEN_KEYS.includes(part)) problems.push(unknownField(pathOf({ part, above }), []));
      else open.push({ value: Reflect.get(value, part), above: { part, above } });
    }
  }
  return problems;
}

/** Parses a document and reports everything that is wrong with it at once, a hundred problems at most. */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(value);
  const forbidden = forbiddenKeys(value);
  if (result.success && forbidden.length === 0) return { ok: true, value: result.data };
  const problems = new Map<string, DocumentProblem>();
  const add = (problem: DocumentProblem) => {
    const key = `${problem.pointer} ${problem.code}`;
    if (!problems.has(key)) problems.set(key, problem);
  };
  for (const issue of result.error?.issues ?? []) {
    problemsOf(issue, schema, value).forEach(add);
    if (problems.size >= MAX_PROBLEMS) break;
  }
  forbidden.forEach(add);
  return { ok: false, problems: [...problems.values()].slice(0, MAX_PROBLEMS) };
}
