/** zod → JSON Schema 2020-12, the form that Python and editors read. */
import * as z from 'zod';
import { SCHEMAS } from './catalogue.ts';

/** File name below contracts/schemas → its text. */
export function renderSchemas(): ReadonlyMap<string, string> {
  const files = Object.entries(SCHEMAS).map(([name, schema]): [string, string] => {
    const document = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', reused: 'inline' });
    return [`${name}.schema.json`, `${JSON.stringify(document, null, 2)}\n`];
  });
  return new Map(files);
}
