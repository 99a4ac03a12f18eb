/** Large objects in parts: nothing is visible before all parts are there, and a failure leaves no parts behind. */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { headOf } from './s3-blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isTaken, statusOf, wasRetried } from './s3-failure.ts';

export interface ObjectToPut {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly onlyIfAbsent: boolean;
}

/** S3 takes no smaller part, except the last, and no more than so many. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;
const PARTS_AT_A_TIME = 4;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/** Throws what S3 answers; 412 where the name was taken and `onlyIfAbsent` is set. */
export async function putInParts(bucket: S3Bucket, object: ObjectToPut, partBytes: number): Promise<void> {
  const { client, name } = bucket;
  const { key: Key, mediaType: ContentType } = object;
  const begun = await client.send(
    new CreateMultipartUploadCommand({ Bucket: name, Key, ContentType, ChecksumAlgorithm: 'SHA256' }),
  );
  const upload = { Bucket: name, Key, UploadId: begun.UploadId };
  try {
    const Parts = await sendParts(bucket, upload, object.bytes, partBytes);
    const condition = object.onlyIfAbsent ? { IfNoneMatch: '*' } : {};
    await complete(bucket, { ...upload, ...condition, MultipartUpload: { Parts } }, object.bytes.length);
  } catch (error) {
    // What cannot be aborted now is removed by the bucket's own rule for unfinished uploads.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function sendParts(
  { client }: S3Bucket,
  upload: Upload,
  bytes: Uint8Array,
  wanted: number,
): Promise<CompletedPart[]> {
  const size = Math.max(wanted, Math.ceil(bytes.length / MAX_PARTS));
  const count = Math.ceil(bytes.length / size);
  const send = async (index: number): Promise<CompletedPart> => {
    const Body = bytes.subarray(index * size, (index + 1) * size);
    const part = { PartNumber: index + 1, ChecksumSHA256: sha256Of(Body) };
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, ...part, Body }));
    return { ...part, ETag };
  };
  const parts: CompletedPart[] = [];
  for (let first = 0; first < count; first += PARTS_AT_A_TIME) {
    const indices = Array.from({ length: Math.min(PARTS_AT_A_TIME, count - first) }, (_, nth) => first + nth);
    // All of them end before a failure is passed on: a part that arrives after the abort would stay and be paid for.
    const sent = await Promise.allSettled(indices.map(send));
    for (const outcome of sent) {
      if (outcome.status === 'rejected') throw outcome.reason;
      parts.push(outcome.value);
    }
  }
  return parts;
}

type Completion = Upload & {
  readonly IfNoneMatch?: string;
  readonly MultipartUpload: { readonly Parts: CompletedPart[] };
};

/** A completion whose answer was lost has happened when what lies there is made of these very parts. */
async function complete(bucket: S3Bucket, completion: Completion, bytes: number): Promise<void> {
  try {
    await bucket.client.send(new CompleteMultipartUploadCommand(completion));
  } catch (error) {
    if (mayHaveHappened(error) && (await isMadeOf(bucket, completion, bytes))) return;
    throw error;
  }
}

/** No answer came; or an earlier try of the SDK took the name and, with it, ended the upload. */
function mayHaveHappened(error: unknown): boolean {
  if (statusOf(error) === undefined || statusOf(error) === 200) return true;
  return wasRetried(error) && (isTaken(error) || statusOf(error) === 404);
}

/** S3's checksum of an object in parts is the SHA-256 of its parts' SHA-256, in order. */
async function isMadeOf(
  bucket: S3Bucket,
  { Key, MultipartUpload }: Completion,
  bytes: number,
): Promise<boolean> {
  const digests = MultipartUpload.Parts.map(({ ChecksumSHA256 = '' }) =>
    Buffer.from(ChecksumSHA256, 'base64'),
  );
  const expected = sha256Of(Buffer.concat(digests));
  const found = await headOf(bucket, Key).catch(() => null);
  return found?.ContentLength === bytes && found.ChecksumSHA256?.replace(/-\d+$/, '') === expected;
}
