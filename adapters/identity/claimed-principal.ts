/** From the claims of a verified token to a principal. */
import { name } from '#contracts/source/scalars.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { type Principal, ROLES, type Role } from '#core/domain/principal.ts';
import { refused } from './refused-credentials.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface ClaimNames {
  readonly subject: string;
  /** Whom the token was made for: `aud`; `client_id` in the access tokens of Cognito. */
  readonly audience: string;
  readonly tenant: string;
  /** A list of groups, or one text with blanks between them. */
  readonly groups: string;
}

export interface ClaimRules {
  readonly names: ClaimNames;
  /** Group → role; of several groups the strongest role counts. */
  readonly roles: Readonly<Record<string, Role>>;
  /** The tenant of everybody, where the tokens carry none. @default none: a token without a tenant is refused */
  readonly tenant?: string | undefined;
}

const SUBJECT = /^[\x21-\x7e]{1,200}$/;

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : [];
}

export function isMeantFor(claim: unknown, audience: readonly string[]): boolean {
  return textsOf(claim).some((each) => audience.includes(each));
}

function roleOf(groups: readonly string[], roles: ClaimRules['roles']): Role | undefined {
  const given = groups.flatMap((group) => (Object.hasOwn(roles, group) ? [roles[group]] : []));
  return ROLES.findLast((role) => given.includes(role));
}

/**
 * @throws ForgeError `unauthenticated` for claims without a subject or a tenant, `forbidden` for somebody who is in no
 *   group that has a role.
 */
export function claimedPrincipal(claims: Claims, { names, roles, tenant: fixed }: ClaimRules): Principal {
  const { [names.subject]: subject, [names.tenant]: claimed } = claims;
  const tenant = name.safeParse(fixed ?? claimed);
  if (typeof subject !== 'string' || !SUBJECT.test(subject) || !tenant.success)
    throw refused('invalid_token');
  const role = roleOf(textsOf(claims[names.groups]), roles);
  if (role) return { tenant: tenant.data, role, subject: `user/${subject}` };
  throw new ForgeError('forbidden', 'You are in no group that has a role here.', {
    code: 'role_required',
    hint: `Ask an admin to add you to one of the groups ${Object.keys(roles).join(', ')}.`,
  });
}
