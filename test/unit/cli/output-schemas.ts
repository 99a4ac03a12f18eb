/** The schemas that what verbs print has to keep to: those of the API's document, and those of the command line. */
import * as z from 'zod';
import { OUTPUTS } from '#cli/schemas/outputs.ts';
import openapi from '#contracts/openapi.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Objects whose fields are listed may have no others: a field that nobody has documented fails the test. References
 * are turned to where a single schema keeps its definitions.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] =>
    key === '$ref' ? [key, String(inner).replace('#/components/schemas/', '#/$defs/')] : [key, closed(inner)],
  );
  const schema = Object.fromEntries(entries);
  const isObject = 'properties' in schema && 'type' in schema;
  return isObject && !('additionalProperties' in schema)
    ? { ...schema, additionalProperties: false }
    : schema;
}

const definitions = closed(openapi.components.schemas);

function checkerOf(schema: unknown): z.ZodType {
  return z.fromJSONSchema({ $schema: DIALECT, ...(closed(schema) as Json), $defs: definitions } as never);
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: unknown }>> }>
  >;
}

/** `GET /v1/runs`: what this operation answers when all is well. */
export function answerOf(operation: string): z.ZodType {
  const [method = '', path = ''] = operation.split(' ');
  const paths = openapi.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const { responses = {} } = paths[path]?.[method.toLowerCase()] ?? {};
  const status = Object.keys(responses).find((each) => each.startsWith('2')) ?? '';
  const content = responses[status]?.content?.['application/json'];
  if (!content) throw new Error(`contracts/openapi.json has no JSON answer for ${operation}`);
  return checkerOf(content.schema);
}

export const component = (name: string): z.ZodType => checkerOf({ $ref: `#/components/schemas/${name}` });

/** What a verb prints that does more than pass an answer on; parts that are records of the API are checked as those. */
export function outputOf(verb: string): z.ZodType {
  const schema = OUTPUTS[verb];
  if (!schema) throw new Error(`cli/schemas/outputs.ts has no ${verb}`);
  return schema;
}
