/** What DynamoDB and the way to it say when they cannot answer, in our words; the one place that knows their names. */
import { ForgeError } from '#core/domain/errors.ts';

const THROTTLED =
  /^(Throttling(Error|Exception)?|ProvisionedThroughputExceeded(Exception)?|RequestLimitExceeded|TooManyRequestsException|ReplicatedWriteConflictException)$/;
const ABSENT =
  /^(InternalServerError|InternalFailure|ServiceUnavailable(Exception)?|TimeoutError|RequestTimeout|ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const NOT_OURS =
  /^(ResourceNotFoundException|AccessDeniedException|UnrecognizedClientException|ExpiredTokenException|InvalidSignatureException|MissingAuthenticationTokenException|CredentialsProviderError)$/;
const TOO_LARGE = /item size|maximum allowed size|too large/i;

export function isThrottle(code: string | undefined): boolean {
  return code !== undefined && THROTTLED.test(code);
}

export function throttled(cause: unknown): ForgeError {
  return new ForgeError('dependency', 'The table takes no more requests at the moment.', {
    code: 'store_throttled',
    hint: 'Repeat the request a little later; nothing was written.',
    retryAfterSeconds: 2,
    cause,
  });
}

export function contended(): ForgeError {
  return new ForgeError('dependency', 'Too many writers change the same records at the moment.', {
    code: 'store_contended',
    hint: 'Repeat the request a little later; nothing was written.',
    retryAfterSeconds: 1,
  });
}

export function itemTooLarge(cause: unknown): ForgeError {
  return new ForgeError('too_large', 'A record is larger than the store takes.', {
    code: 'record_too_large',
    hint: 'Leave out what is not needed, or refer to it by a blob.',
    cause,
  });
}

/** The failure as a ForgeError where it is one of the store's; anything else as it is. */
export function dynamoFailure(error: unknown): unknown {
  if (error instanceof ForgeError) return error;
  const {
    name = '',
    code,
    message = '',
    $metadata,
  } = error as {
    name?: string;
    code?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  if (isThrottle(name) || $metadata?.httpStatusCode === 429) return throttled(error);
  if (ABSENT.test(name) || ABSENT.test(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500) {
    return new ForgeError('dependency', `The table does not answer (${name || code}): ${message}`, {
      code: 'store_unavailable',
      hint: 'Repeat the request a little later.',
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  if (NOT_OURS.test(name)) {
    return new ForgeError('dependency', `The table cannot be used (${name}): ${message}`, {
      code: 'store_misconfigured',
      hint: 'Compare the name, the region and the permissions of the function with what was deployed.',
      retryAfterSeconds: 60,
      cause: error,
    });
  }
  return name === 'ValidationException' && TOO_LARGE.test(message) ? itemTooLarge(error) : error;
}
