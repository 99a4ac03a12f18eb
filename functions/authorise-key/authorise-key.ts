/**
 * Says to the gateway whether an API key may pass. The HTTP API still authenticates each request by itself and decides
 * by the key's role: this only keeps those who have no key from reaching it.
 */
import * as z from 'zod';
import { ForgeError } from '#core/domain/errors.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';

/** An authorizer's request of an HTTP API, payload format 2.0: the identity source is the Authorization header. */
const keyQuestion = z.object({ identitySource: z.array(z.string()).nullish() });

/** The gateway's simple response: it answers 403 where this is false. */
export interface KeyVerdict {
  readonly isAuthorized: boolean;
}

/** A key that is not valid is an answer; that nobody can say is an error, which the gateway neither keeps nor lets in. */
export function createAuthoriseKey(ports: { readonly authenticator: Authenticator }): EventFunction {
  return eventFunction('authorise-key', keyQuestion, async ({ identitySource }): Promise<KeyVerdict> => {
    try {
      await ports.authenticator.authenticate({ authorization: identitySource?.[0] });
      return { isAuthorized: true };
    } catch (error) {
      if (error instanceof ForgeError && error.kind === 'unauthenticated') return { isAuthorized: false };
      throw error;
    }
  });
}
