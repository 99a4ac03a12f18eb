/** Who asks. Every use case takes one; every key in every store starts with its tenant. */
import { ForgeError } from './errors.ts';

export const ROLES = ['viewer', 'runner', 'maintainer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  readonly tenant: string;
  readonly role: Role;
  /** For the audit trail. */
  readonly subject: string;
}

/** The one principal of the embedded cloud. */
export const LOCAL_PRINCIPAL: Principal = { tenant: 'default', role: 'admin', subject: 'local' };

/** Throws `forbidden` unless the principal's role is at least the wanted one. */
export function requireRole(principal: Principal, wanted: Role): void {
  if (ROLES.indexOf(principal.role) >= ROLES.indexOf(wanted)) return;
  throw new ForgeError('forbidden', `Role ${principal.role} may not do this; it needs ${wanted}.`, {
    code: 'role_required',
    hint: `Ask an admin of tenant ${principal.tenant} for the role ${wanted}.`,
  });
}
