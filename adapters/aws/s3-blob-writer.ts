/** Writes to a bucket. An object appears whole or not at all; a write that races or loses its answer ends in one truth. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { BLOB_PREFIX } from '#core/domain/blob-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { requireSafeKey } from '#core/domain/safe-key.ts';
import type { BlobWriter, PresignedPut } from '#core/ports/blob-writer.ts';
import { headOf, WANTED_AT } from './s3-blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { copyChecked } from './s3-checked-copy.ts';
import { isRace, isTaken, statusOf, wasRetried } from './s3-failure.ts';
import { MIN_PART_BYTES, type ObjectToPut, putInParts, sha256Of } from './s3-multipart.ts';

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
      const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: requireSafeKey(key) });
      await bucket.ask(() => bucket.client.send(command));
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
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Body: bytes,
    ContentType: mediaType,
    ChecksumSHA256: checksum,
    ...(onlyIfAbsent ? { IfNoneMatch: '*' } : {}),
  });
  try {
    await bucket.client.send(command);
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
  return found?.ChecksumType === 'FULL_OBJECT' && found.ChecksumSHA256 === checksum;
}

/**
 * A tag and not a copy onto itself: it costs the same for any size, makes no new version, and cannot bring back an
 * object that is being deleted.
 */
async function touch(bucket: S3Bucket, key: string, now: Date): Promise<boolean> {
  const Tagging = { TagSet: [{ Key: WANTED_AT, Value: now.toISOString() }] };
  const command = new PutObjectTaggingCommand({ Bucket: bucket.name, Key: key, Tagging });
  return (await bucket.find(() => bucket.client.send(command))) !== null;
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
  const checksum = Buffer.from(sha256, 'hex').toString('base64');
  const once = key.startsWith(BLOB_PREFIX);
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    ContentLength: bytes,
    ContentType: mediaType,
    ChecksumSHA256: checksum,
    ...(once ? { IfNoneMatch: '*' } : {}),
  });
  const url = await bucket.ask(() =>
    getSignedUrl(bucket.client, command, {
      expiresIn: seconds,
      // As headers, which S3 compares with what is sent; moved into the address they would bind nothing.
      signableHeaders: new Set([
        'host',
        'content-length',
        'content-type',
        'if-none-match',
        'x-amz-checksum-sha256',
      ]),
      unhoistableHeaders: new Set(['if-none-match', 'x-amz-checksum-sha256']),
    }),
  );
  return {
    url,
    method: 'PUT',
    headers: {
      'content-type': mediaType,
      'x-amz-checksum-sha256': checksum,
      ...(once ? { 'if-none-match': '*' } : {}),
    },
    expiresAt: new Date(now.getTime() + seconds * 1000).toISOString(),
  };
}
