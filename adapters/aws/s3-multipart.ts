/** Large objects in parts: nothing is visible before all parts are there, and a failure leaves no parts behind. */
import { headOf } from './s3-blob-reader.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { checkedBy, sha256Of } from './s3-checksum.ts';
import { isTaken, statusOf, wasRetried } from './s3-failure.ts';
import { escapeXml, readXml, S3_NAMES, textOf } from './s3-xml.ts';

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

/** Throws what S3 answers; 412 where the name was taken and `onlyIfAbsent` is set. */
export async function putInParts(bucket: S3Bucket, object: ObjectToPut, partBytes: number): Promise<void> {
  const { key, mediaType, bytes, onlyIfAbsent } = object;
  const headers = { 'content-type': mediaType, 'x-amz-checksum-algorithm': 'SHA256' };
  const begun = await bucket.send({ method: 'POST', key, query: { uploads: '' }, headers });
  const uploadId = textOf(readXml(begun.body), 'UploadId');
  if (!uploadId) throw new Error(`S3 began no upload in parts: ${begun.body.slice(0, 200)}`);
  const upload = { key, uploadId };
  try {
    const parts = await sendParts(bucket, upload, bytes, partBytes);
    await complete(bucket, { ...upload, parts, onlyIfAbsent }, bytes.length);
  } catch (error) {
    // What cannot be aborted now is removed by the bucket's own rule for unfinished uploads.
    await bucket.send({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

interface Upload {
  readonly key: string;
  readonly uploadId: string;
}

interface SentPart {
  readonly number: number;
  /** SHA-256 of its bytes, base64. */
  readonly checksum: string;
  readonly etag: string;
}

async function sendParts(
  bucket: S3Bucket,
  { key, uploadId }: Upload,
  bytes: Uint8Array,
  wanted: number,
): Promise<SentPart[]> {
  const size = Math.max(wanted, Math.ceil(bytes.length / MAX_PARTS));
  const count = Math.ceil(bytes.length / size);
  const send = async (index: number): Promise<SentPart> => {
    const body = bytes.subarray(index * size, (index + 1) * size);
    const checksum = sha256Of(body);
    const query = { partNumber: String(index + 1), uploadId };
    const answer = await bucket.send({ method: 'PUT', key, query, headers: checkedBy(checksum), body });
    return { number: index + 1, checksum, etag: answer.headers.etag ?? '' };
  };
  const parts: SentPart[] = [];
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

type Completion = Upload & { readonly onlyIfAbsent: boolean; readonly parts: readonly SentPart[] };

const partXml = ({ number, checksum, etag }: SentPart) =>
  `<Part><ETag>${escapeXml(etag)}</ETag><ChecksumSHA256>${checksum}</ChecksumSHA256><PartNumber>${number}</PartNumber></Part>`;

/** A completion whose answer was lost has happened when what lies there is made of these very parts. */
async function complete(bucket: S3Bucket, completion: Completion, bytes: number): Promise<void> {
  const { key, uploadId, onlyIfAbsent, parts } = completion;
  const whole = parts.map(partXml).join('');
  const body = Buffer.from(`<CompleteMultipartUpload xmlns="${S3_NAMES}">${whole}</CompleteMultipartUpload>`);
  const headers = { 'content-type': 'application/xml', ...(onlyIfAbsent ? { 'if-none-match': '*' } : {}) };
  try {
    await bucket.send({ method: 'POST', key, query: { uploadId }, headers, body, saysSo: true });
  } catch (error) {
    if (mayHaveHappened(error) && (await isMadeOf(bucket, completion, bytes))) return;
    throw error;
  }
}

/** No answer came; or an earlier try took the name and, with it, ended the upload. */
function mayHaveHappened(error: unknown): boolean {
  if (statusOf(error) === undefined) return true;
  return wasRetried(error) && (isTaken(error) || statusOf(error) === 404);
}

/** S3's checksum of an object in parts is the SHA-256 of its parts' SHA-256, in order. */
async function isMadeOf(bucket: S3Bucket, { key, parts }: Completion, bytes: number): Promise<boolean> {
  const expected = sha256Of(Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, 'base64'))));
  const found = await headOf(bucket, key).catch(() => null);
  return found?.bytes === bytes && found.checksum?.replace(/-\d+$/, '') === expected;
}
