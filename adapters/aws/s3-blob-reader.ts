/** Reads of a bucket: bytes, hashes, facts, listings and short-lived addresses. */
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { isSafeKey, requireSafeKey } from '#core/domain/safe-key.ts';
import type { BlobFacts, BlobReader } from '#core/ports/blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** The tag that says when an object was last said to be needed. */
export const WANTED_AT = 'wanted-at';

/** A connection that breaks this often in one object is not worth another. */
const MAX_RESUMES = 5;

export function s3BlobReader(bucket: S3Bucket, pageKeys: number): BlobReader {
  const prefixUri = `s3://${bucket.name}/`;
  return {
    read: async (key) => readWhole(bucket, requireSafeKey(key)),
    stream: async (key) => openStream(bucket, requireSafeKey(key)),
    hash: async (key) => hashOf(bucket, requireSafeKey(key)),
    head: async (key) => factsOf(bucket, requireSafeKey(key)),
    list: (prefix) => bucket.ask(() => listKeys(bucket, prefix, pageKeys)),
    uri: (key) =>
      `${prefixUri}${key.endsWith('/') ? `${requireSafeKey(key.slice(0, -1))}/` : requireSafeKey(key)}`,
    keyOf(uri) {
      const key = uri.startsWith(prefixUri) ? uri.slice(prefixUri.length) : '';
      return isSafeKey(key.replace(/\/$/, '')) ? key : null;
    },
    presignGet: async (key, seconds) => {
      const command = new GetObjectCommand({
        Bucket: bucket.name,
        Key: requireSafeKey(key),
        ResponseContentDisposition: 'attachment',
      });
      return bucket.ask(() => getSignedUrl(bucket.client, command, { expiresIn: seconds }));
    },
  };
}

async function readWhole(bucket: S3Bucket, key: string): Promise<Uint8Array | null> {
  const chunks = await openStream(bucket, key);
  if (!chunks) return null;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

async function openStream(bucket: S3Bucket, key: string): Promise<AsyncIterable<Uint8Array> | null> {
  const first = await bucket.find(() =>
    bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key: key })),
  );
  return first && bytesOf(bucket, key, first);
}

/** The object's bytes; after a broken connection it goes on where it stopped, in the same version of the object. */
async function* bytesOf(
  bucket: S3Bucket,
  key: string,
  first: GetObjectCommandOutput,
): AsyncIterable<Uint8Array> {
  const { ETag, ContentLength = 0 } = first;
  let answer = first;
  let at = 0;
  for (let resumes = 0; ; resumes += 1) {
    try {
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        at += chunk.length;
        yield chunk;
      }
      if (at >= ContentLength) return;
      throw Object.assign(new Error(`${at} of ${ContentLength} bytes came`), { code: 'ECONNRESET' });
    } catch (error) {
      if (resumes === MAX_RESUMES || at >= ContentLength) await bucket.ask(() => Promise.reject(error));
    }
    const Range = `bytes=${at}-`;
    const again = new GetObjectCommand({ Bucket: bucket.name, Key: key, Range, IfMatch: ETag });
    answer = await bucket.ask(() => bucket.client.send(again));
  }
}

/**
 * S3 has computed the SHA-256 of an object that came in one piece from the very bytes that it keeps. Of one that came
 * in parts it has a hash of hashes only, which says nothing about the whole: that one is read.
 */
export async function hashOf(bucket: S3Bucket, key: string): Promise<string | null> {
  const facts = await headOf(bucket, key);
  if (!facts) return null;
  if (facts.ChecksumType === 'FULL_OBJECT' && facts.ChecksumSHA256)
    return Buffer.from(facts.ChecksumSHA256, 'base64').toString('hex');
  const chunks = await openStream(bucket, key);
  if (!chunks) return null;
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

export const headOf = (bucket: S3Bucket, key: string) =>
  bucket.find(() =>
    bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key, ChecksumMode: 'ENABLED' })),
  );

async function factsOf(bucket: S3Bucket, key: string): Promise<BlobFacts | null> {
  const found = await headOf(bucket, key);
  if (!found) return null;
  const written = found.LastModified?.getTime() ?? 0;
  const wanted = found.TagCount ? await wantedAt(bucket, key) : 0;
  return {
    bytes: found.ContentLength ?? 0,
    etag: (found.ETag ?? '').replaceAll('"', ''),
    modifiedAt: new Date(Math.max(written, wanted)).toISOString(),
  };
}

/** Milliseconds since 1970; 0 where nobody has said so. */
async function wantedAt(bucket: S3Bucket, key: string): Promise<number> {
  const command = new GetObjectTaggingCommand({ Bucket: bucket.name, Key: key });
  const tags = await bucket.find(() => bucket.client.send(command));
  const value = tags?.TagSet?.find(({ Key }) => Key === WANTED_AT)?.Value;
  return (value && Date.parse(value)) || 0;
}

/** S3 lists in the order of the bytes of the keys. */
async function listKeys(bucket: S3Bucket, prefix: string, pageSize: number): Promise<readonly string[]> {
  const keys: string[] = [];
  const wanted = { Bucket: bucket.name, Prefix: prefix };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: bucket.client, pageSize }, wanted))
    keys.push(...Contents.map(({ Key = '' }) => Key).filter(isSafeKey));
  return keys;
}
