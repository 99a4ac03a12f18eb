/** forge schema */
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { readDocumentText } from '../documents/read-file.ts';
import { CliError } from '../errors.ts';
import { installSchema } from '../schemas/install-schema.ts';
import { renderSchema, schemaNames } from '../schemas/render-schema.ts';

export interface SchemaOptions {
  readonly install?: string;
}

async function install({ io, console }: Context, name: string, document: string): Promise<void> {
  if (!/\.ya?ml$/i.test(document))
    throw new CliError('validation', `${document} is no YAML file; only there a comment can name a schema.`, {
      hint: 'Name a .yaml file.',
    });
  const schema = await installSchema(resolve(io.cwd, document), await readDocumentText(io, document), name);
  console.data({ document, schema }, () => `${document} names ${schema}`);
}

export async function showSchema(
  context: Context,
  name: string | undefined,
  options: SchemaOptions,
): Promise<number> {
  const { console } = context;
  if (options.install !== undefined) await install(context, name ?? 'run', options.install);
  else if (name === undefined) {
    const schemas = schemaNames();
    console.data({ schemas }, () => schemas.join('\n'));
    console.note('Print one with: forge schema NAME');
  } else console.text(renderSchema(name));
  return 0;
}
