/** SigV4: the gateway's IAM authorizer has verified the signature and says who signed; here that becomes a principal. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Role } from '#core/domain/principal.ts';
import type { ChainedAuthenticator } from './authenticator-chain.ts';
import { refused } from './refused-credentials.ts';

export interface KnownCaller {
  /** An IAM role or user: `arn:aws:iam::123456789012:role/forge-runner`. Whoever assumes the role is meant. */
  readonly arn: string;
  readonly tenant: string;
  readonly role: Role;
}

const ASSUMED = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/;
const IAM_ROLE = /^(arn:[\w-]+:iam::\d{12}:role)\/(?:.*\/)?([^/]+)$/;

/** The role behind a session, without the path that a session's ARN does not tell; a user as it is. */
function identityOf(arn: string): string {
  const [, partition, account, name] = ASSUMED.exec(arn) ?? [];
  if (name !== undefined) return `arn:${partition}:iam::${account}:role/${name}`;
  return arn.replace(IAM_ROLE, '$1/$2');
}

export function gatewayAuthenticator(callers: readonly KnownCaller[]): ChainedAuthenticator {
  const known = new Map(callers.map((caller) => [identityOf(caller.arn), caller]));
  if (known.size !== callers.length) throw new RangeError('two callers are the same role');
  return {
    accepts: ({ authorization, callerArn }) =>
      callerArn !== undefined || (authorization ?? '').startsWith('AWS4-HMAC-SHA256 '),
    async authenticate({ callerArn }) {
      // A signature that no gateway has verified is only text.
      if (callerArn === undefined) throw refused('invalid_token');
      const caller = known.get(identityOf(callerArn));
      if (caller) return { tenant: caller.tenant, role: caller.role, subject: callerArn };
      throw new ForgeError('forbidden', 'Nothing is configured for the identity that signed this request.', {
        code: 'caller_not_mapped',
        hint: 'An admin adds its ARN to the known callers of this deployment.',
      });
    },
  };
}
