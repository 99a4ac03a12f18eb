/** Writes to a bucket. An object appears whole or not at all; a write that races or loses its answer ends in one truth. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOB_PREFIX } from '#core/domain/blob-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { requireSafeKey } from '#core/domain/safe-key.ts';
import type { BlobWriter, PresignedPut } from '#core/ports/blob-writer.ts';
import { headOf, WANTED_AT } from './s3-blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { copyChecked } from './s3-checked-copy.ts';
import { checkedBy, sha256Of } from './s3-checksum.ts';
import { isRace, isTaken, statusOf, wasRetried } from './s3-failure.ts';
import { MIN_PART_BYTES, type ObjectToPut, putInParts } from './s3-multipart.ts';
import { S3_NAMES } from './s3-xml.ts';

const RACES = 6;
const RACE_WAIT_MS = 100;

/** S3 takes no more in one PUT, which is what an address to upload to stands for. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

export interface WriteOptions {
  /** Objects larger than this go in parts of this size. */
  readonly partBytes: number;
  readonly now: () => Date;
}

export function s3BlobWriter(bucket: S3Bucket, options: WriteOptions): BlobWriter {
  if (options.partBytes < MIN_PART_BYTES) throw new RangeError(`parts hold at least ${MIN_PART_BYTES} bytes`);
  const put = (key: string, bytes: Uint8Array, mediaType: string, onlyIfAbsent: boolean) =>
    bucket.ask(() => putOnce(bucket, { key: requireSafeKey(key), bytes, mediaType, onlyIfAbsent }, options));
  return {
    write: async (key, bytes, mediaType) => {
      await put(key, bytes, mediaType, false);
    },
    writeIfAbsent: async (key, bytes, mediaType) => put(key, bytes, mediaType, true),
    copyChecked: (from, to, sha256) => copyChecked(bucket, requireSafeKey(from), requireSafeKey(to), sha256),
    async delete(key) {
      const request = { method: 'DELETE', key: requireSafeKey(key) } as const;
      await bucket.ask(() => bucket.send(request));
    },
    touch: async (key) => touch(bucket, requireSafeKey(key), options.now()),
    presignPut: async (key, facts, seconds) =>
      presignPut(bucket, requireSafeKey(key), facts, { seconds, now: options.now() }),
  };
}

/** False: the name was taken. A conflict of two writes is made again, as S3 asks for. */
async function putOnce(bucket: S3Bucket, object: ObjectToPut, { partBytes }: WriteOptions): Promise<boolean> {
  for (let race = 1; ; race += 1) {
    try {
      if (object.bytes.length > partBytes) await putInParts(bucket, object, partBytes);
      else await putWhole(bucket, object);
      return true;
    } catch (error) {
      if (object.onlyIfAbsent && isTaken(error)) return false;
      if (!isRace(error) || race === RACES) throw error;
    }
    await sleep(Math.random() * RACE_WAIT_MS * 2 ** race);
  }
}

async function putWhole(
  bucket: S3Bucket,
  { key, bytes, mediaType, onlyIfAbsent }: ObjectToPut,
): Promise<void> {
  const checksum = sha256Of(bytes);
  const headers = {
    'content-type': mediaType,
    ...checkedBy(checksum),
    ...(onlyIfAbsent ? { 'if-none-match': '*' } : {}),
  };
  try {
    await bucket.send({ method: 'PUT', key, headers, body: bytes });
  } catch (error) {
    // Taken, but perhaps by ourselves: an earlier try may have gone through and its answer been lost.
    const unsure = statusOf(error) === undefined || (isTaken(error) && wasRetried(error));
    if (unsure && (await holds(bucket, key, checksum))) return;
    throw error;
  }
}

async function holds(bucket: S3Bucket, key: string, checksum: string): Promise<boolean> {
  // Asked after a failure: one of this question must not hide it.
  const found = await headOf(bucket, key).catch(() => null);
  return found?.sha256 === checksum;
}

/**
 * A tag and not a copy onto itself: it costs the same for any size, makes no new version, and cannot bring back an
 * object that is being deleted.
 */
async function touch(bucket: S3Bucket, key: string, now: Date): Promise<boolean> {
  const tag = `<Tag><Key>${WANTED_AT}</Key><Value>${now.toISOString()}</Value></Tag>`;
  const body = Buffer.from(`<Tagging xmlns="${S3_NAMES}"><TagSet>${tag}</TagSet></Tagging>`);
  const headers = { 'content-type': 'application/xml', ...checkedBy(sha256Of(body)) };
  const request = { method: 'PUT', key, query: { tagging: '' }, headers, body } as const;
  return (await bucket.find(() => bucket.send(request))) !== null;
}

/** Signed: the key, the length, the media type and the SHA-256; for a blob also that there is none yet. */
async function presignPut(
  bucket: S3Bucket,
  key: string,
  { bytes, sha256, mediaType }: { bytes: number; sha256: string; mediaType: string },
  { seconds, now }: { seconds: number; now: Date },
): Promise<PresignedPut> {
  if (bytes > MAX_PUT_BYTES) {
    throw new ForgeError('validation', `${bytes} bytes are too many for one upload.`, {
      code: 'upload_too_large',
      hint: `S3 takes at most ${MAX_PUT_BYTES} bytes at once: split the file, for example a model into shards.`,
    });
  }
  const headers = {
    'content-type': mediaType,
    'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    ...(key.startsWith(BLOB_PREFIX) ? { 'if-none-match': '*' } : {}),
  };
  const bound = { ...headers, 'content-length': String(bytes) };
  const url = await bucket.ask(() => bucket.presign({ method: 'PUT', key, headers: bound }, seconds));
  return { url, method: 'PUT', headers, expiresAt: new Date(now.getTime() + seconds * 1000).toISOString() };
}
