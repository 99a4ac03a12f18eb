/** What the table says when it cannot, in our words, where it says more than other services do. */
import { ForgeError } from '#core/domain/errors.ts';
import { nameOf, serviceFailure } from './service-failure.ts';

const THROTTLED = /^(Throttling|ProvisionedThroughputExceeded|RequestLimitExceeded)/;
const TOO_LARGE = /item size|maximum allowed size/i;

/** Reasons of a cancelled transaction that mean that DynamoDB wants fewer requests. */
export function isThrottle(code: string): boolean {
  return THROTTLED.test(code);
}

export function throttled(cause: unknown): ForgeError {
  return new ForgeError('dependency', 'DynamoDB takes no more requests at the moment.', {
    code: 'throttled',
    hint: 'Wait a little and repeat the request; nothing was lost.',
    retryAfterSeconds: 5,
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

function dynamoFailure(error: unknown): unknown {
  const { message = '' } = error as { message?: string };
  if (nameOf(error) === 'ResourceNotFoundException') {
    return new ForgeError('dependency', `The table is not there: ${message}`, {
      code: 'store_missing',
      hint: 'Compare FORGE_TABLE and the region of the function with what was deployed.',
      cause: error,
    });
  }
  if (nameOf(error) === 'ValidationException' && TOO_LARGE.test(message)) return itemTooLarge(error);
  return serviceFailure(error, 'DynamoDB');
}

/** Does a piece of work with the table and has its failure in our words. */
export async function askingTable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw dynamoFailure(error);
  }
}
