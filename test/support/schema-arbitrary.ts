/** JSON Schema → fast-check: documents that fit, and, now and then, ones that do not. */
import fc from 'fast-check';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

export type Components = Readonly<Record<string, JsonSchema>>;

/** Values at the edges of what any field may take. */
const STRANGE: readonly unknown[] = [
  null,
  '',
  -1,
  0,
  1e308,
  2 ** 53,
  [],
  {},
  '../../etc/passwd',
  '\u202e\u0000',
  'a'.repeat(300),
  '__proto__',
  [[[[[]]]]],
  true,
];
const strange = fc.oneof(fc.constantFrom(...STRANGE), fc.jsonValue({ maxDepth: 2 }));

function resolved(schema: JsonSchema, components: Components): JsonSchema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (components[name] ?? {});
}

function object(schema: JsonSchema, components: Components, depth: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(
    ([key, field]): [string, fc.Arbitrary<unknown>] => [key, near(field, components, depth + 1)],
  );
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] });
  const extra = fc.dictionary(fc.string({ maxLength: 12 }), strange, { maxKeys: 1 });
  return fc.oneof(
    { weight: 9, arbitrary: known },
    {
      weight: 1,
      arbitrary: fc.tuple(known, extra).map(([fit, more]) => ({ ...fit, ...more })),
    },
  );
}

function text(pattern: string | undefined): fc.Arbitrary<string> {
  const any = fc.string({ maxLength: 70 });
  if (pattern === undefined) return any;
  try {
    return fc.oneof(fc.stringMatching(new RegExp(pattern.replaceAll('(?!\\n)', '')), { maxLength: 70 }), any);
  } catch {
    // A pattern with a look-ahead cannot be generated from; plain text has to do.
    return any;
  }
}

function fitting(given: JsonSchema, components: Components, depth: number): fc.Arbitrary<unknown> {
  const schema = resolved(given, components);
  if (depth > 6) return fc.constant(null);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, components, depth + 1)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return object(schema, components, depth);
  if (type === 'array') return fc.array(near(schema.items ?? {}, components, depth + 1), { maxLength: 4 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') {
    const min = Math.max(schema.minimum ?? -1000, Number.MIN_SAFE_INTEGER);
    return fc.integer({
      min: Math.ceil(Math.min(min, 2 ** 31 - 1)),
      max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1),
    });
  }
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  return type === 'string' ? text(schema.pattern) : strange;
}

/** Fits the schema most of the time. */
export function near(schema: JsonSchema, components: Components, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fitting(schema, components, depth) },
    { weight: 1, arbitrary: strange },
  );
}
