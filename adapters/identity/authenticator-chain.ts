/** Picks the authenticator by the form of what was sent: one alone decides, so that none can be tried after another. */
import type { Authenticator, Credentials } from '#core/ports/authenticator.ts';
import { refused } from './refused-credentials.ts';

export interface ChainedAuthenticator extends Authenticator {
  /** Whether what was sent has the form that this one reads. */
  accepts(credentials: Credentials): boolean;
}

export function authenticatorChain(members: readonly ChainedAuthenticator[]): Authenticator {
  return {
    async authenticate(credentials) {
      const member = members.find((each) => each.accepts(credentials));
      if (member) return member.authenticate(credentials);
      throw refused(credentials.authorization ? 'invalid_token' : 'missing_token');
    },
  };
}
