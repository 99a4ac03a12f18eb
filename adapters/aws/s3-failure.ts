/** What S3 says when it cannot, in our words; the one place that knows its codes. */
import { type ErrorDetail, ForgeError } from '#core/domain/errors.ts';

/** An error of a request, as far as it is looked at here. */
export interface S3Error {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

export const statusOf = (error: unknown): number | undefined =>
  (error as S3Error | null)?.$metadata?.httpStatusCode;

/** Somebody holds the name already. */
export const isTaken = (error: unknown): boolean => statusOf(error) === 412;

/** Two conditional writes met; S3 asks for the write to be made again. */
export const isRace = (error: unknown): boolean =>
  (error as S3Error | null)?.name === 'ConditionalRequestConflict' || statusOf(error) === 409;

/** Whether an earlier try of the same request may have done its work, only the answer did not come. */
export const wasRetried = (error: unknown): boolean =>
  ((error as S3Error | null)?.$metadata?.attempts ?? 1) > 1;

export const isMissingObject = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as S3Error).name !== 'NoSuchBucket';

const THROTTLED = new Set(['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequestsException']);
const CREDENTIALS =
  /^(CredentialsProviderError|ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|TokenRefreshRequired|RequestTimeTooSkewed)/;
const NETWORK = /^(TimeoutError|NetworkingError|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT)/;

const RETRY_AFTER_SECONDS = 5;

/** The failure as a ForgeError where S3 or the way to it is the cause; anything else as it is. */
export function s3Failure(error: unknown, bucket: string): unknown {
  if (error instanceof ForgeError || typeof error !== 'object' || error === null) return error;
  const { name = '', message = '' } = error as S3Error;
  const code = (error as { code?: unknown }).code;
  const status = statusOf(error) ?? 0;
  const fail = (code: string, what: string, detail: ErrorDetail) =>
    new ForgeError('dependency', `${what} (${name}: ${message})`, { code, cause: error, ...detail });
  if (name === 'NoSuchBucket') return bucketMissing(bucket, error);
  if (CREDENTIALS.test(name)) {
    return fail('credentials', `S3 does not take these credentials for bucket ${bucket}`, {
      hint: 'Look at the role or profile and at the clock of this machine: aws sts get-caller-identity.',
    });
  }
  if (THROTTLED.has(name) || status === 429 || status === 503) {
    return fail('throttled', `S3 asks for fewer requests to bucket ${bucket}`, {
      hint: 'Wait a little and repeat the request; nothing was lost.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  if (status === 403) {
    return fail('storage_access_denied', `S3 refuses access to bucket ${bucket}`, {
      hint: `Give the role s3:ListBucket on ${bucket} and s3:GetObject, s3:PutObject on its objects, or sign in with another one.`,
    });
  }
  if (status === 301 || status === 307) {
    return fail('wrong_region', `Bucket ${bucket} lies in another region`, {
      hint: 'Set AWS_REGION to the region of the bucket.',
    });
  }
  if (status >= 500 || NETWORK.test(name) || (typeof code === 'string' && NETWORK.test(code))) {
    return fail('storage_unavailable', `S3 did not answer for bucket ${bucket}`, {
      hint: 'Repeat the request; if it goes on, look at the network and at the AWS Health Dashboard.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  return error;
}

export function bucketMissing(bucket: string, cause: unknown): ForgeError {
  return new ForgeError('dependency', `There is no bucket ${bucket} for these credentials.`, {
    code: 'bucket_missing',
    hint: 'Deploy the Data stack, or name the bucket that it made: forge infra deploy.',
    cause,
  });
}
