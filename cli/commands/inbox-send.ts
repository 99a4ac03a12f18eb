/** forge inbox send: the files of a model, then the manifest that says they are complete. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { nameFromPath } from '../documents/name-from-path.ts';
import { hashFile } from '../files/hash-file.ts';
import { collectModelFolder } from '../import/collect-model.ts';
import { counted, formatBytes } from '../output/figures.ts';

const MANIFEST = 'manifest.json';

export interface SendOptions {
  readonly folder?: string;
  readonly name?: string;
  readonly licence?: string;
}

interface Sent {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export async function sendToInbox(context: Context, dir: string, options: SendOptions): Promise<number> {
  const { console, io } = context;
  const folder = options.folder ?? nameFromPath(resolve(io.cwd, dir));
  const name = options.name ?? folder;
  const { files, leftOut } = await collectModelFolder(io.cwd, dir);
  const sent: Sent[] = [];
  for (const { path, file, bytes } of files) {
    sent.push(await send(context, folder, path, file, bytes));
    console.note(`${path}, ${formatBytes(bytes)}: sent`);
  }
  const licence = options.licence === undefined ? {} : { licence: options.licence };
  await sendManifest(context, folder, { name, files: sent, ...licence });
  console.data(
    { folder, name, files: sent, leftOut },
    () => `${folder}: ${counted(sent.length, 'file')} sent. What becomes of it: npx forge inbox list`,
  );
  if (leftOut.length > 0)
    console.warn(`left out: ${leftOut.map(({ path, reason }) => `${path} (${reason})`).join(', ')}`);
  return 0;
}

async function send(
  { client, signal }: Context,
  folder: string,
  path: string,
  file: string,
  bytes: number,
): Promise<Sent> {
  const sha256 = await hashFile(file, signal);
  const mediaType = 'application/octet-stream';
  await client.uploadFile({ path: file, sha256, bytes, mediaType, inbox: { folder, path } });
  return { path, sha256, bytes };
}

/** Goes last: from then on the folder counts as complete. */
async function sendManifest(context: Context, folder: string, manifest: object): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'forge-inbox-'));
  try {
    const file = join(place, MANIFEST);
    const text = JSON.stringify(manifest);
    await writeFile(file, text);
    await send(context, folder, MANIFEST, file, Buffer.byteLength(text));
  } finally {
    await rm(place, { recursive: true });
  }
}
