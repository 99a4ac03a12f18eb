/** The text of a document that a person names on the command line. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError, messageOf } from '../errors.ts';
import type { Io } from '../io.ts';

export const MAX_DOCUMENT_BYTES = 1024 * 1024;

function tooLarge(name: string, bytes: number): CliError {
  return new CliError(
    'too_large',
    `${name} has ${bytes} bytes; a document may have at most ${MAX_DOCUMENT_BYTES}.`,
    {
      hint: 'Data belongs into a corpus (forge corpora add), not into the document.',
    },
  );
}

/** Why a file cannot be read, in words. */
export function unreadable(name: string, error: unknown): CliError {
  const { code } = error as { code?: string };
  if (code === 'ENOENT')
    return new CliError('validation', `There is no file ${name}.`, {
      code: 'no_such_file',
      hint: 'Check the path; it is taken from the folder you are in.',
      cause: error,
    });
  const why = messageOf(error);
  return new CliError('validation', `${name} cannot be read: ${why}.`, { code: 'unreadable', cause: error });
}

async function bytesOf(io: Io, name: string): Promise<Uint8Array> {
  if (name === '-') return Buffer.from(await io.readInput(), 'utf8');
  const path = resolve(io.cwd, name);
  try {
    const { size } = await stat(path);
    if (size > MAX_DOCUMENT_BYTES) throw tooLarge(name, size);
    return await readFile(path);
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(name, error);
  }
}

/** @param name a path, or `-` for standard input */
export async function readDocumentText(io: Io, name: string): Promise<string> {
  const bytes = await bytesOf(io, name);
  if (bytes.length > MAX_DOCUMENT_BYTES) throw tooLarge(name, bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError('malformed', `${name} is not UTF-8 text.`, { code: 'not_utf8', cause: error });
  }
}
