/** zod → JSON Schema 2020-12, the form that Python and editors read. */
import * as z from 'zod';
import { SCHEMAS } from './catalogue.ts';

/** Python's `$` also matches before a last line feed; what follows it here makes it the end, as in JavaScript. */
function endForPython(key: string, value: unknown): unknown {
  return key === 'pattern' && typeof value === 'string' ? value.replace(/\$$/, '$(?!\\n)') : value;
}

/** File name below contracts/schemas → its text. */
export function renderSchemas(): ReadonlyMap<string, string> {
  const files = Object.entries(SCHEMAS).map(([name, schema]): [string, string] => {
    const document = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', reused: 'inline' });
    return [`${name}.schema.json`, `${JSON.stringify(document, endForPython, 2)}\n`];
  });
  return new Map(files);
}
