/** Tries of one request to S3, as the SDK's standard mode makes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  getRetryAfterHint,
  isServerError,
  isThrottlingError,
  isTransientError,
  type StandardRetryStrategy,
} from '@smithy/core/retry';

type SdkError = Parameters<typeof isTransientError>[0];
type RetryErrorType = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1]['errorType'];
type Tried = SdkError & { readonly $response?: unknown };

function kindOf(error: SdkError): RetryErrorType {
  if (isThrottlingError(error)) return 'THROTTLING';
  if (isTransientError(error)) return 'TRANSIENT';
  return isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}

/**
 * The outcome of the first try that ends well or with something that another try would not mend. What is thrown says
 * in `$metadata.attempts` how many there were: an earlier one may have done its work.
 */
export async function retrying<Result>(
  strategy: StandardRetryStrategy,
  attempt: () => Promise<Result>,
): Promise<Result> {
  let token = await strategy.acquireInitialRetryToken('');
  for (let attempts = 1; ; attempts += 1) {
    try {
      const result = await attempt();
      strategy.recordSuccess(token);
      return result;
    } catch (thrown) {
      const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Tried;
      const retryAfterHint = getRetryAfterHint(error.$response);
      const info = { errorType: kindOf(error), ...(retryAfterHint ? { retryAfterHint } : {}) };
      const next = await strategy.refreshRetryTokenForRetry(token, info).catch(() => null);
      if (!next) throw Object.assign(error, { $metadata: { ...error.$metadata, attempts } });
      token = next;
      await sleep(token.getRetryDelay());
    }
  }
}
