/** Every JSON Schema that there is to print, by name. */
import * as z from 'zod';
import { renderSchemas } from '#contracts/source/json-schema.ts';
import { nearestName } from '#contracts/source/nearest-name.ts';
import { CliError } from '../errors.ts';
import { OUTPUTS } from './outputs.ts';

const OUTPUT = 'output/';

/** Documents first, then what verbs print. */
export function schemaNames(): readonly string[] {
  const documents = [...renderSchemas().keys()].map((file) => file.replace(/\.schema\.json$/, ''));
  return [...documents.sort(), ...Object.keys(OUTPUTS).map((verb) => `${OUTPUT}${verb}`)];
}

export function renderSchema(name: string): string {
  const document = renderSchemas().get(`${name}.schema.json`);
  if (document !== undefined) return document;
  const verb = name.startsWith(OUTPUT) ? name.slice(OUTPUT.length) : '';
  const output = Object.hasOwn(OUTPUTS, verb) ? OUTPUTS[verb] : undefined;
  if (output) return `${JSON.stringify(z.toJSONSchema(output, { io: 'input' }), null, 2)}\n`;
  const near = nearestName(name, schemaNames());
  throw new CliError('not_found', `There is no schema "${name}".${near ? ` Did you mean ${near}?` : ''}`, {
    code: 'no_such_schema',
    hint: 'List them with: forge schema',
  });
}
