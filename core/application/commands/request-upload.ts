/** Gives a client an address to upload exactly the bytes that it named by their hash. */
import { contentKey } from '../../domain/blob-key.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { PresignedPut } from '../../ports/blob-writer.ts';
import type { Ports } from '../../ports/ports.ts';

const LIFETIME_SECONDS = 15 * 60;

export type UploadOffer = { readonly exists: true } | ({ readonly exists: false } & PresignedPut);

/** Bytes that are in the store already need no upload; garbage collection is told that they are wanted again. */
export async function requestUpload(
  ports: Pick<Ports, 'blobs' | 'blobWriter'>,
  principal: Principal,
  facts: { readonly sha256: string; readonly bytes: number; readonly mediaType: string },
): Promise<UploadOffer> {
  requireRole(principal, 'runner');
  const key = contentKey(facts.sha256);
  const present = await ports.blobs.head(key);
  if (present?.bytes === facts.bytes && (await ports.blobWriter.touch(key))) return { exists: true };
  return { exists: false, ...(await ports.blobWriter.presignPut(key, facts, LIFETIME_SECONDS)) };
}
