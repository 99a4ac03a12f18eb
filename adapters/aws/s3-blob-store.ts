/** A bucket as the blob store: `s3://bucket/key`, content-addressed writes by If-None-Match, large ones in parts. */
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import { s3BlobReader } from './s3-blob-reader.ts';
import { s3BlobWriter, type WriteOptions } from './s3-blob-writer.ts';
import { s3Bucket } from './s3-bucket.ts';
import type { S3Client } from './s3-client.ts';

/** As many as S3 gives in one answer. */
const PAGE_KEYS = 1000;
const PART_BYTES = 16 * 1024 * 1024;

export function s3BlobStore(
  client: S3Client,
  name: string,
  options: Partial<WriteOptions & { readonly pageKeys: number }> = {},
): BlobReader & BlobWriter {
  const bucket = s3Bucket(client, name);
  const writing = { partBytes: PART_BYTES, now: () => new Date(), ...options };
  return { ...s3BlobReader(bucket, options.pageKeys ?? PAGE_KEYS), ...s3BlobWriter(bucket, writing) };
}
