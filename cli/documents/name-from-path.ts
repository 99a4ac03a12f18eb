/** A name as the contract wants it, made from a folder's or file's name. */
import { basename } from 'node:path';
import { CliError } from '../errors.ts';

export function nameFromPath(path: string): string {
  const bare = basename(path).replace(/\.[a-z]\w*$/i, '');
  const name = bare
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 64)
    .replace(/[._-]+$/, '');
  if (name) return name;
  throw new CliError('validation', `No name can be made from "${path}".`, {
    hint: 'Give one with --name NAME',
  });
}
