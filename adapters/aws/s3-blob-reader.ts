/** Reads of a bucket: bytes, hashes, facts, listings and short-lived addresses. */
import { createHash } from 'node:crypto';
import { isSafeKey, requireSafeKey } from '#core/domain/safe-key.ts';
import type { BlobFacts, BlobReader } from '#core/ports/blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import type { S3Answer } from './s3-client.ts';
import { childrenOf, readXml, textOf } from './s3-xml.ts';

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
      const query = { 'response-content-disposition': 'attachment' };
      return bucket.ask(() => bucket.presign({ method: 'GET', key: requireSafeKey(key), query }, seconds));
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
  const first = await bucket.find(() => bucket.open({ method: 'GET', key }));
  return first && bytesOf(bucket, key, first);
}

/** The object's bytes; after a broken connection it goes on where it stopped, in the same version of the object. */
async function* bytesOf(
  bucket: S3Bucket,
  key: string,
  first: S3Answer<AsyncIterable<Uint8Array>>,
): AsyncIterable<Uint8Array> {
  const { etag = '' } = first.headers;
  const length = Number(first.headers['content-length'] ?? 0);
  let answer = first;
  let at = 0;
  for (let resumes = 0; ; resumes += 1) {
    try {
      for await (const chunk of answer.body) {
        at += chunk.length;
        yield chunk;
      }
      if (at >= length) return;
      throw Object.assign(new Error(`${at} of ${length} bytes came`), { code: 'ECONNRESET' });
    } catch (error) {
      if (resumes === MAX_RESUMES || at >= length) await bucket.ask(() => Promise.reject(error));
    }
    const headers = { range: `bytes=${at}-`, 'if-match': etag };
    answer = await bucket.ask(() => bucket.open({ method: 'GET', key, headers }));
  }
}

/**
 * S3 has computed the SHA-256 of an object that came in one piece from the very bytes that it keeps. Of one that came
 * in parts it has a hash of hashes only, which says nothing about the whole: that one is read.
 */
export async function hashOf(bucket: S3Bucket, key: string): Promise<string | null> {
  const facts = await headOf(bucket, key);
  if (!facts) return null;
  if (facts.sha256) return Buffer.from(facts.sha256, 'base64').toString('hex');
  const chunks = await openStream(bucket, key);
  if (!chunks) return null;
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

interface ObjectFacts {
  readonly bytes: number;
  readonly etag: string;
  readonly writtenAt: number;
  readonly tags: number;
  /** As S3 keeps it, base64; of an object in parts it is one of hashes, with their number behind a dash. */
  readonly checksum: string | undefined;
  /** Of all the bytes, base64; undefined where S3 has none. */
  readonly sha256: string | undefined;
}

export async function headOf(bucket: S3Bucket, key: string): Promise<ObjectFacts | null> {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  const found = await bucket.find(() => bucket.send({ method: 'HEAD', key, headers }));
  if (!found) return null;
  const checksum = found.headers['x-amz-checksum-sha256'];
  return {
    bytes: Number(found.headers['content-length'] ?? 0),
    etag: found.headers.etag ?? '',
    writtenAt: Date.parse(found.headers['last-modified'] ?? '') || 0,
    tags: Number(found.headers['x-amz-tagging-count'] ?? 0),
    checksum,
    sha256: found.headers['x-amz-checksum-type'] === 'FULL_OBJECT' ? checksum : undefined,
  };
}

async function factsOf(bucket: S3Bucket, key: string): Promise<BlobFacts | null> {
  const found = await headOf(bucket, key);
  if (!found) return null;
  const wanted = found.tags ? await wantedAt(bucket, key) : 0;
  return {
    bytes: found.bytes,
    etag: found.etag.replaceAll('"', ''),
    modifiedAt: new Date(Math.max(found.writtenAt, wanted)).toISOString(),
  };
}

/** Milliseconds since 1970; 0 where nobody has said so. */
async function wantedAt(bucket: S3Bucket, key: string): Promise<number> {
  const found = await bucket.find(() => bucket.send({ method: 'GET', key, query: { tagging: '' } }));
  if (!found) return 0;
  const tags = childrenOf(childrenOf(readXml(found.body), 'TagSet')[0], 'Tag');
  const value = textOf(
    tags.find((tag) => textOf(tag, 'Key') === WANTED_AT),
    'Value',
  );
  return (value && Date.parse(value)) || 0;
}

/** S3 lists in the order of the bytes of the keys. */
async function listKeys(bucket: S3Bucket, prefix: string, pageKeys: number): Promise<readonly string[]> {
  const keys: string[] = [];
  const wanted = { 'list-type': '2', 'max-keys': String(pageKeys), prefix };
  let query: Readonly<Record<string, string>> = wanted;
  for (;;) {
    const page = readXml((await bucket.send({ method: 'GET', query })).body);
    keys.push(
      ...childrenOf(page, 'Contents')
        .map((each) => textOf(each, 'Key') ?? '')
        .filter(isSafeKey),
    );
    const token = textOf(page, 'NextContinuationToken');
    if (textOf(page, 'IsTruncated') !== 'true' || !token) return keys;
    query = { ...wanted, 'continuation-token': token };
  }
}
