import jsonata, { type Expression } from 'jsonata';
import { addAwsFunctions, type EvaluationWorld, isFunctionValue, WORLD } from './aws-functions.ts';
import { isObject, type Json } from './json.ts';

/** What an expression sees: `$states`, the workflow variables, and the world for random numbers and time. */
export interface Bindings {
  states: Record<string, Json>;
  variables: Record<string, Json>;
  world: EvaluationWorld;
}

/** A JSON value with `{% %}` strings anywhere in it, parsed once. */
export type Template =
  | { kind: 'literal'; value: Json }
  | { kind: 'expression'; source: string; expression: Expression }
  | { kind: 'array'; items: Template[] }
  | { kind: 'object'; fields: [string, Template][] };

/** An expression failed; `sentence` says which and how, in AWS's words. */
export class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
  readonly location: string;

  constructor(sentence: string, location: string) {
    super(sentence);
    this.location = location;
  }
}

/** The expression in `{% ... %}`, or undefined for a plain string. */
export function expressionSource(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Parses an expression. Throws JSONata's error object for a syntax error. */
export function parseExpression(source: string): Expression {
  const expression = jsonata(source);
  addAwsFunctions(expression);
  return expression;
}

/**
 * Parses a template; `literally` keeps `{% %}` as text, as JSONPath states do.
 * `onError` is told about each syntax error with its place below the field.
 */
export function compileTemplate(
  value: Json,
  onError: (place: string, message: string) => void,
  place = '',
  literally = false,
): Template {
  if (typeof value === 'string') {
    const source = literally ? undefined : expressionSource(value);
    if (source === undefined) return { kind: 'literal', value };
    try {
      return { kind: 'expression', source, expression: parseExpression(source) };
    } catch (error) {
      onError(place, (error as Error).message);
      return { kind: 'literal', value };
    }
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileTemplate(item, onError, `${place}[${index}]`, literally));
    return items.every((item) => item.kind === 'literal')
      ? { kind: 'literal', value }
      : { kind: 'array', items };
  }
  if (!isObject(value)) return { kind: 'literal', value };
  const fields = Object.entries(value).map(([key, field]): [string, Template] => [
    key,
    compileTemplate(field, onError, `${place}/${key}`, literally),
  ]);
  return fields.every(([, field]) => field.kind === 'literal')
    ? { kind: 'literal', value }
    : { kind: 'object', fields };
}

/** Evaluates a template; `location` names the field for error messages, for example `Choices[1]/Condition`. */
export async function evaluateTemplate(
  template: Template,
  bindings: Bindings,
  location: string,
): Promise<Json> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateExpression(template, bindings, location);
    case 'array': {
      const items: Json[] = [];
      for (const [index, item] of template.items.entries()) {
        items.push(await evaluateTemplate(item, bindings, `${location}[${index}]`));
      }
      return items;
    }
    case 'object': {
      const result: Record<string, Json> = {};
      for (const [key, field] of template.fields) {
        result[key] = await evaluateTemplate(field, bindings, `${location}/${key}`);
      }
      return result;
    }
  }
}

type JsonType = 'array' | 'boolean' | 'number' | 'string';

/** Evaluates a template whose result must have a given type. */
export async function evaluateTyped<T extends Json>(
  template: Template,
  bindings: Bindings,
  location: string,
  expected: JsonType,
): Promise<T> {
  const value = await evaluateTemplate(template, bindings, location);
  const actual = jsonType(value);
  if (actual !== expected) {
    const source = template.kind === 'expression' ? template.source : JSON.stringify(value);
    throw new QueryFailure(
      `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
        `Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(value)}`,
      location,
    );
  }
  return value as T;
}

async function evaluateExpression(
  { source, expression }: Extract<Template, { kind: 'expression' }>,
  { states, variables, world }: Bindings,
  location: string,
): Promise<Json> {
  const about = `The JSONata expression '${source}' specified for the field '${location}'`;
  let result: unknown;
  try {
    result = await expression.evaluate(undefined, { ...variables, states, [WORLD]: world });
  } catch (error) {
    throw new QueryFailure(`${about} threw an error during evaluation${describeError(error)}`, location);
  }
  if (result === undefined) throw new QueryFailure(`${about} returned nothing (undefined).`, location);
  const value = toJson(result);
  if (value === undefined) throw new QueryFailure(`${about} returned an unsupported result type.`, location);
  return value;
}

/** JSONata's own errors carry a code and are a sentence of their own; those of functions are a bare message. */
function describeError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? `: ${message ?? String(error)}` : `. ${code}: ${message ?? ''}`;
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A plain copy without JSONata's hidden marks; undefined when some part of it is no JSON (a function, Infinity). */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || isFunctionValue(value)) return undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const json = toJson(item);
      if (json === undefined) return undefined;
      items.push(json);
    }
    return items;
  }
  const result: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const json = toJson(field);
    if (json === undefined) return undefined;
    result[key] = json;
  }
  return result;
}
