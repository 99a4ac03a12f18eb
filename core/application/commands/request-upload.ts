/** Gives a client an address to upload exactly the bytes that it named by their hash. */
import { contentKey } from '../../domain/blob-key.ts';
import { isSafePath, unsafePath } from '../../domain/model-import/model-files.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { uploadKey } from '../../domain/upload.ts';
import type { PresignedPut } from '../../ports/blob-writer.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireRoomForUpload } from '../queries/require-quota.ts';

const LIFETIME_SECONDS = 15 * 60;

export type UploadOffer = { readonly exists: true } | ({ readonly exists: false } & PresignedPut);

export interface UploadRequest {
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** Into a folder of the inbox instead of under their hash. */
  readonly inbox?: { readonly folder: string; readonly path: string } | undefined;
}

/** Bytes that the tenant has in the store already need no upload; garbage collection is told that they are wanted again. */
export async function requestUpload(
  ports: Pick<Ports, 'blobs' | 'blobWriter' | 'quotas' | 'models' | 'corpora'>,
  principal: Principal,
  { inbox, ...facts }: UploadRequest,
): Promise<UploadOffer> {
  requireRole(principal, 'runner');
  if (inbox) {
    // Every file goes there anew: that it arrives is what starts a run.
    if (!isSafePath(inbox.path)) throw unsafePath(inbox.path, 'The request');
    await requireRoomForUpload(ports, principal.tenant, facts);
    const place = uploadKey(principal.tenant, inbox.folder, inbox.path);
    return { exists: false, ...(await ports.blobWriter.presignPut(place, facts, LIFETIME_SECONDS)) };
  }
  const key = contentKey(principal.tenant, facts.sha256);
  const present = await ports.blobs.head(key);
  if (present?.bytes === facts.bytes && (await ports.blobWriter.touch(key))) return { exists: true };
  await requireRoomForUpload(ports, principal.tenant, facts);
  return { exists: false, ...(await ports.blobWriter.presignPut(key, facts, LIFETIME_SECONDS)) };
}
