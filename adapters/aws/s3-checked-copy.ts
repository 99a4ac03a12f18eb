/** Copies an object inside the bucket after its bytes were hashed; S3 copies the version that was hashed or none. */
import { hashOf, headOf } from './s3-blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isTaken } from './s3-failure.ts';

export async function copyChecked(
  bucket: S3Bucket,
  from: string,
  to: string,
  sha256: string,
): Promise<'copied' | 'missing' | 'mismatch'> {
  const before = await headOf(bucket, from);
  if (!before) return 'missing';
  if ((await hashOf(bucket, from)) !== sha256) return 'mismatch';
  const request = {
    method: 'PUT',
    key: to,
    saysSo: true,
    headers: {
      'x-amz-copy-source': `${bucket.name}/${from.split('/').map(encodeURIComponent).join('/')}`,
      'x-amz-copy-source-if-match': before.etag,
      'x-amz-checksum-algorithm': 'SHA256',
    },
  } as const;
  try {
    const copied = await bucket.find(() => bucket.send(request));
    return copied ? 'copied' : 'missing';
  } catch (error) {
    // Somebody put other bytes there since: what was hashed is gone.
    if (isTaken((error as { cause?: unknown }).cause ?? error)) return 'mismatch';
    throw error;
  }
}
