/** The SHA-256 that goes along with bytes, so that S3 refuses other bytes. */
import { createHash } from 'node:crypto';

/** In base64, as S3 writes it. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/** Once as S3's checksum, which it keeps, and once in hexadecimal for the signature, which need not hash them again. */
export const checkedBy = (sha256: string) => ({
  'x-amz-checksum-sha256': sha256,
  'x-amz-content-sha256': Buffer.from(sha256, 'base64').toString('hex'),
});
