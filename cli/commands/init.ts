/** forge init */
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { nameFromPath } from '../documents/name-from-path.ts';
import { runTemplate, type Template } from '../documents/run-template.ts';
import { CliError, messageOf } from '../errors.ts';
import { schemaFile, schemaLine, writeText } from '../schemas/install-schema.ts';
import { renderSchema } from '../schemas/render-schema.ts';

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new CliError('validation', `The folder ${path} cannot be made: ${messageOf(error)}.`, {
      code: 'unwritable',
      hint: 'Name a folder that you may write to.',
      cause: error,
    });
  }
}

export async function initFolder(
  { io, console }: Context,
  dir: string,
  { template }: { readonly template: Template },
): Promise<number> {
  const folder = resolve(io.cwd, dir);
  const document = join(folder, 'run.yaml');
  const schema = join(folder, schemaFile('run'));
  const text = schemaLine(schemaFile('run')) + runTemplate(template, nameFromPath(folder));
  await makeFolder(folder);
  await writeText(document, text, 'wx');
  await writeText(schema, renderSchema('run'));
  const files = [document, schema].map((path) => {
    const near = relative(io.cwd, path);
    return near.startsWith('..') ? path : near;
  });
  console.data({ template, files }, () => files.join('\n'));
  console.note(`Next: npx forge plan ${files[0]}, then npx forge runs create -f ${files[0]} --watch`);
  return 0;
}
