/** Takes the objects of an upload away: refused ones into quarantine, taken ones for good. The manifest goes last. */
import { quarantineKey, UPLOAD_MANIFEST, type UploadPlace, uploadKey } from '../../domain/upload.ts';
import type { Ports } from '../../ports/ports.ts';

type SetAsidePorts = Pick<Ports, 'blobs' | 'blobWriter'>;

/** Every object of the folder, its manifest last: as long as that is there, a repeated event finishes the work. */
async function objectsOf(
  { blobs }: SetAsidePorts,
  { tenant, folder }: UploadPlace,
): Promise<readonly string[]> {
  const manifest = uploadKey(tenant, folder, UPLOAD_MANIFEST);
  const all = await blobs.list(uploadKey(tenant, folder, ''));
  return [...all.filter((key) => key !== manifest), ...all.filter((key) => key === manifest)];
}

/** Moves objects to where nothing reads. @param keys @default all of the folder's. @returns where they lie now */
export async function setAside(
  ports: SetAsidePorts,
  place: UploadPlace,
  keys?: readonly string[],
): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const key of keys ?? (await objectsOf(ports, place))) {
    const sha256 = await ports.blobs.hash(key);
    if (sha256 === null) continue;
    const copied = await ports.blobWriter.copyChecked(key, quarantineKey(sha256), sha256);
    if (copied !== 'copied') continue;
    await ports.blobWriter.delete(key);
    moved.push(quarantineKey(sha256));
  }
  return moved;
}

export async function clearUpload(ports: SetAsidePorts, place: UploadPlace): Promise<void> {
  for (const key of await objectsOf(ports, place)) await ports.blobWriter.delete(key);
}
