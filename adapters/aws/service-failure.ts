/** What an AWS service says when it cannot, in our words. */
import { type ErrorDetail, ForgeError } from '#core/domain/errors.ts';

/** An error of the SDK, as far as it is looked at here. */
interface ServiceError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const THROTTLED =
  /^(Throttling|ThrottledException|TooManyRequests|LimitExceededException|SlowDown|ProvisionedThroughput)/;
const DENIED = /^(AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError)/;
const CREDENTIALS =
  /^(CredentialsProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch)/;
const NETWORK = /^(TimeoutError|NetworkingError|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT)/;

const RETRY_AFTER_SECONDS = 5;

export const nameOf = (error: unknown): string => (error as ServiceError | null)?.name ?? '';

function readingOf(error: ServiceError): 'throttled' | 'denied' | 'credentials' | 'unavailable' | null {
  const { name = '', code } = error;
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (THROTTLED.test(name) || status === 429) return 'throttled';
  if (CREDENTIALS.test(name)) return 'credentials';
  if (DENIED.test(name)) return 'denied';
  const unreachable = NETWORK.test(name) || (typeof code === 'string' && NETWORK.test(code));
  return unreachable || status >= 500 ? 'unavailable' : null;
}

/** The failure as a ForgeError where the service or the way to it is the cause; anything else as it is. */
export function serviceFailure(error: unknown, service: string): unknown {
  if (error instanceof ForgeError || typeof error !== 'object' || error === null) return error;
  const { name = '', message = '' } = error as ServiceError;
  const fail = (code: string, what: string, detail: ErrorDetail) =>
    new ForgeError('dependency', `${what} (${name}: ${message})`, { code, cause: error, ...detail });
  const soon = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  switch (readingOf(error as ServiceError)) {
    case 'throttled':
      return fail('throttled', `${service} asks for fewer requests`, {
        hint: 'Wait a little and repeat the request; nothing was lost.',
        ...soon,
      });
    case 'credentials':
      return fail('credentials', `${service} does not take these credentials`, {
        hint: 'Look at the role of the function and at the clock: aws sts get-caller-identity.',
      });
    case 'denied':
      return fail('access_denied', `${service} refuses this to the function's role`, {
        hint: 'Add the grant to the function in contracts/functions.json and deploy: forge infra deploy.',
      });
    case 'unavailable':
      return fail('service_unavailable', `${service} did not answer`, {
        hint: 'Repeat the request; if it goes on, look at the AWS Health Dashboard.',
        ...soon,
      });
    default:
      return error;
  }
}

/** Does a piece of work with a service and has its failure in our words. */
export async function asking<Result>(service: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw serviceFailure(error, service);
  }
}
