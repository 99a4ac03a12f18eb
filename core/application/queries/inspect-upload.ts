/** Reads what was put below `uploads/` as from a stranger. Writes nothing. */
import { parseDocument } from '#contracts/source/problems.ts';
import { type UploadManifest, uploadManifest } from '#contracts/source/upload-manifest.ts';
import { parseObject } from '../../domain/model-import/model-config.ts';
import { refuseDangerous, refuseNames, SNIFFED_BYTES } from '../../domain/model-import/model-files.ts';
import { refusal } from '../../domain/model-import/model-refusal.ts';
import { UPLOAD_MANIFEST } from '../../domain/upload.ts';
import { validationError } from '../../domain/validation-error.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

const MAX_MANIFEST_BYTES = 1024 * 1024;

type Blobs = Pick<ReadPorts, 'blobs'>;

/** The manifest, or null where there is none any more: somebody took the upload before. */
export async function readUploadManifest({ blobs }: Blobs, key: string): Promise<UploadManifest | null> {
  const facts = await blobs.head(key);
  if (!facts) return null;
  if (facts.bytes > MAX_MANIFEST_BYTES) {
    throw refusal(
      'out_of_range',
      `${UPLOAD_MANIFEST} has ${facts.bytes} bytes; ${MAX_MANIFEST_BYTES} are allowed.`,
    );
  }
  const bytes = await blobs.read(key);
  if (!bytes) return null;
  const parsed = parseDocument(uploadManifest, parseObject(UPLOAD_MANIFEST, bytes));
  if (!parsed.ok) throw validationError(parsed.problems);
  return parsed.value;
}

/** Throws where the object is a pickle or an archive, by its name or by its first bytes. */
export async function inspectObject({ blobs }: Blobs, path: string, key: string): Promise<void> {
  refuseNames(path);
  const head: number[] = [];
  for await (const chunk of (await blobs.stream(key)) ?? []) {
    head.push(...chunk.subarray(0, SNIFFED_BYTES - head.length));
    if (head.length === SNIFFED_BYTES) break;
  }
  refuseDangerous(path, Uint8Array.from(head));
}
