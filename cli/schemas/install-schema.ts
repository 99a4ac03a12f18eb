/** Puts a schema beside a document, so that editors check and complete it without a network. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError, messageOf } from '../errors.ts';
import { renderSchema } from './render-schema.ts';

const LINE = /^# yaml-language-server: \$schema=.*\n/;

/** The first line that names a schema to the editors' language server. */
export const schemaLine = (file: string): string => `# yaml-language-server: $schema=${file}\n`;

export const schemaFile = (name: string): string => `${name.replaceAll('/', '-')}.schema.json`;

/** @param flag `wx` refuses to write over a file */
export async function writeText(path: string, text: string, flag: 'w' | 'wx' = 'w'): Promise<void> {
  try {
    await writeFile(path, text, { flag });
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST')
      throw new CliError('conflict', `${path} is there already.`, {
        code: 'exists',
        hint: 'Nothing was written over; name another folder, or move the file away.',
        cause: error,
      });
    throw new CliError('validation', `${path} cannot be written: ${messageOf(error)}.`, {
      code: 'unwritable',
      hint: 'Name a folder that you may write to.',
      cause: error,
    });
  }
}

/** Writes the schema beside the document and its name into the document's first line. @returns the schema's path */
export async function installSchema(document: string, text: string, name: string): Promise<string> {
  const path = join(dirname(document), schemaFile(name));
  await writeText(path, renderSchema(name));
  await writeText(document, schemaLine(basename(path)) + text.replace(LINE, ''));
  return path;
}
