/** Turns what zod says into problems that a person can act on: pointer, what was expected, what came, the nearest name. */
import type * as z from 'zod';

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

function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, part) : undefined),
    value,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Levenshtein distance, for names of a few dozen characters. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The nearest of the known names, when it is near enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, far: distance(name, candidate) }));
  const best = ranked.sort((left, right) => left.far - right.far)[0];
  return best && best.far <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Keys that the schema knows at a path; empty where there is no object schema. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let inner: unknown = schema;
  for (const part of [...path, undefined]) {
    while (typeof inner === 'object' && inner !== null && '_zod' in inner) {
      const definition = (inner as z.ZodType)._zod.def as { innerType?: unknown };
      if (!definition.innerType) break;
      inner = definition.innerType;
    }
    const definition = (inner as z.ZodType | undefined)?._zod?.def as
      | { shape?: Record<string, unknown>; element?: unknown }
      | undefined;
    if (part === undefined) return Object.keys(definition?.shape ?? {});
    inner = typeof part === 'number' ? definition?.element : definition?.shape?.[String(part)];
  }
  return [];
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): DocumentProblem[] {
  const pointer = pointerOf(issue.path);
  const got = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => unknownField(`${pointer}/${key}`, key, known));
  }
  if (got === undefined && issue.code !== 'custom') {
    return [
      {
        pointer,
        code: 'required',
        message: `${pointer || 'the document'} is required`,
        expected: issue.message,
      },
    ];
  }
  const code = CODES[issue.code] ?? 'invalid';
  const finer = code === 'invalid_format' && pointer === '/name' ? 'invalid_name' : code;
  return [{ pointer, code: finer, message: issue.message, got: show(got) }];
}

function unknownField(pointer: string, key: string, known: readonly string[]): DocumentProblem {
  const suggestion = nearestName(key, known);
  const message = `${key} is not a known field${suggestion ? `; did you mean ${suggestion}?` : ''}`;
  const base = { pointer, code: 'unknown_field', message, expected: known.join(', ') };
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

/** Parses a document and reports everything that is wrong with it at once. */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, schema, value)) };
}
