/** The one place that makes an S3 client, so that every caller retries alike. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** Tries of one request. Between them the SDK waits longer each time, at random, within a budget of its own. */
const MAX_ATTEMPTS = 6;

export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    // A store at an address of its own has no host name per bucket.
    forcePathStyle: config.endpoint !== undefined,
    ...config,
  });
}
