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
  /**
   * Group → role, beside a claim that names the tenant; of several groups the strongest role counts.
   *
   * @default the groups name tenant and role both, as `tenant:acme:runner`; the tenant claim is not read
   */
  readonly roles?: Readonly<Record<string, Role>> | undefined;
}

const SUBJECT = /^[\x21-\x7e]{1,200}$/;

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : [];
}

export function isMeantFor(claim: unknown, audience: readonly string[]): boolean {
  return textsOf(claim).some((each) => audience.includes(each));
}

type Membership = Pick<Principal, 'tenant' | 'role'>;

const strongest = (given: readonly Role[]): Role | undefined =>
  ROLES.findLast((role) => given.includes(role));

function roleRequired(groups: string): ForgeError {
  return new ForgeError('forbidden', 'You are in no group that has a role here.', {
    code: 'role_required',
    hint: `Ask an admin to add you to ${groups}.`,
  });
}

function byClaim(
  claimed: unknown,
  groups: readonly string[],
  roles: Readonly<Record<string, Role>>,
): Membership {
  const tenant = name.safeParse(claimed);
  if (!tenant.success) throw refused('invalid_token');
  const role = strongest(
    groups.flatMap((group) => (Object.hasOwn(roles, group) ? (roles[group] ?? []) : [])),
  );
  if (role) return { tenant: tenant.data, role };
  throw roleRequired(`one of the groups ${Object.keys(roles).join(', ')}`);
}

const TENANT_GROUP = /^tenant:([^:]+):([^:]+)$/;

/** Nobody acts for two tenants: which of them a request means could only be guessed. */
function byGroups(groups: readonly string[]): Membership {
  const memberships = groups.flatMap((group): Membership[] => {
    const [, tenant, named] = TENANT_GROUP.exec(group) ?? [];
    const role = ROLES.find((each) => each === named);
    return role && name.safeParse(tenant).success ? [{ tenant: tenant as string, role }] : [];
  });
  const [tenant, another] = new Set(memberships.map((each) => each.tenant));
  const role = strongest(memberships.map((each) => each.role));
  if (tenant === undefined || !role) throw roleRequired(`a group tenant:<tenant>:<${ROLES.join('|')}>`);
  if (another === undefined) return { tenant, role };
  throw new ForgeError('forbidden', 'You are in groups of more than one tenant, and act for none.', {
    code: 'several_tenants',
    hint: 'Ask an admin to leave you in the groups of one tenant; use an API key for another one.',
  });
}

/**
 * @throws ForgeError `unauthenticated` for claims without a subject or, where a claim has to name it, a tenant;
 *   `forbidden` for somebody who is in no group that has a role, or in groups of several tenants.
 */
export function claimedPrincipal(claims: Claims, { names, roles }: ClaimRules): Principal {
  const { [names.subject]: subject, [names.tenant]: claimed } = claims;
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) throw refused('invalid_token');
  const groups = textsOf(claims[names.groups]);
  const membership = roles ? byClaim(claimed, groups, roles) : byGroups(groups);
  return { ...membership, subject: `user/${subject}` };
}
