/** One bucket and the client that reaches it; every request of the store goes through `ask`. */
import type { S3Answer, S3Client, S3Request } from './s3-client.ts';
import { bucketMissing, isMissingObject, s3Failure, statusOf } from './s3-failure.ts';

export interface S3Bucket {
  readonly name: string;
  /** One request, with the whole answer as text. */
  send(request: S3Request): Promise<S3Answer<string>>;
  /** One request, with the answer as it comes. */
  open(request: S3Request): Promise<S3Answer<AsyncIterable<Uint8Array>>>;
  presign(request: S3Request, seconds: number): Promise<string>;
  /** Does a piece of work with S3 and has its failure in our words. */
  ask<Result>(work: () => Promise<Result>): Promise<Result>;
  /** The same; null where there is no such object, once it is sure that there is a bucket. */
  find<Result>(work: () => Promise<Result>): Promise<Result | null>;
}

export function s3Bucket(client: S3Client, name: string): S3Bucket {
  let seen = false;
  // HEAD answers 404 without a body, whether the object or the whole bucket is missing.
  const requireBucket = async () => {
    if (seen) return;
    await client.send(name, { method: 'HEAD' }).catch((error: unknown) => {
      throw statusOf(error) === 404 ? bucketMissing(name, error) : error;
    });
    seen = true;
  };
  const ask: S3Bucket['ask'] = async (work) => {
    try {
      return await work();
    } catch (error) {
      throw s3Failure(error, name);
    }
  };
  const find: S3Bucket['find'] = (work) =>
    ask(async () => {
      try {
        return await work();
      } catch (error) {
        if (!isMissingObject(error)) throw error;
        await requireBucket();
        return null;
      }
    });
  return {
    name,
    send: (request) => client.send(name, request),
    open: (request) => client.open(name, request),
    presign: (request, seconds) => client.presign(name, request, seconds),
    ask,
    find,
  };
}
