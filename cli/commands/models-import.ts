/** forge models import */
import { resolve } from 'node:path';
import type { NamedParent } from '../client/records.ts';
import type { Context } from '../context.ts';
import { nameFromPath } from '../documents/name-from-path.ts';
import { hashFile } from '../files/hash-file.ts';
import { collectModelFolder, type ModelFile } from '../import/collect-model.ts';
import { counted, formatBytes, formatNumber } from '../output/figures.ts';

export interface ImportOptions {
  readonly name?: string;
  readonly licence?: string;
  readonly parent: readonly NamedParent[];
}

/** Bytes that the server has already are not sent again: an import that broke off goes on where it was. */
async function send({ client, console, signal }: Context, { path, file, bytes }: ModelFile) {
  const sha256 = await hashFile(file, signal);
  const mediaType = 'application/octet-stream';
  const outcome = await client.uploadFile({ path: file, sha256, bytes, mediaType });
  console.note(`${path}, ${formatBytes(bytes)}: ${outcome === 'sent' ? 'sent' : 'is there already'}`);
  return { path, sha256, bytes };
}

export async function importModel(context: Context, dir: string, options: ImportOptions): Promise<number> {
  const { client, console, io } = context;
  const name = options.name ?? nameFromPath(resolve(io.cwd, dir));
  const { files, leftOut } = await collectModelFolder(io.cwd, dir);
  const sent: Awaited<ReturnType<typeof send>>[] = [];
  for (const file of files) sent.push(await send(context, file));
  const licence = options.licence === undefined ? {} : { licence: options.licence };
  const parents = options.parent.length > 0 ? { parents: options.parent } : {};
  const model = await client.importModel({ name, files: sent, ...licence, ...parents });
  const label = `${model.name}@${model.version}`;
  console.data(
    { model, leftOut },
    () =>
      `${label}: ${formatNumber(model.architecture.parameters)} parameters, ${model.architecture.type}\nid ${model.id}`,
  );
  if (leftOut.length > 0) {
    const each = leftOut.map(({ path, reason }) => `${path} (${reason})`);
    console.warn(`left out ${counted(leftOut.length, 'file')}: ${each.join(', ')}`);
  }
  if (options.licence === undefined)
    console.note('No licence is noted; say what the model may be used for with --licence.');
  return 0;
}
