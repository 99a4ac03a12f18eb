/** A registered model's files, brought here and compared with the hashes of its record. */
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Model } from '../client/records.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { formatBytes } from '../output/figures.ts';

export function requireUsable(model: Model): void {
  if (model.status !== 'quarantined') return;
  throw new CliError('conflict', `${model.name}@${model.version} is quarantined; nothing may use it.`, {
    code: 'not_verified',
    hint: 'Look at why: forge models get. To bring it back: forge models restore.',
  });
}

/** The model's files as registered, each with the hash of its record. */
export async function fetchFiles(
  { client, console }: Context,
  model: Pick<Model, 'name' | 'version' | 'files'>,
  folder: string,
): Promise<void> {
  for (const { path, sha256, bytes } of model.files) {
    const target = resolve(folder, path);
    if (!target.startsWith(folder + sep))
      throw new CliError(
        'corrupt',
        `The record of ${model.name}@${model.version} names the file "${path}".`,
        {
          code: 'unsafe_path',
          hint: 'No model has such files; do not use this server.',
        },
      );
    await mkdir(dirname(target), { recursive: true });
    await client.downloadFile({ sha256, target, name: path });
    console.note(`${path}, ${formatBytes(bytes)}: fetched`);
  }
}
