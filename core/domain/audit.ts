/** The audit log: one entry per change that a person asked for, and per request that was refused to a person. */
import type { Ulid } from './ids.ts';
import type { Role } from './principal.ts';

/** A record that a command changed, and the status that it has since. */
export interface AuditTarget {
  readonly kind: string;
  readonly id: string;
  readonly status: string | null;
}

export interface AuditEntry {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  readonly at: string;
  readonly by: string;
  readonly role: Role;
  /** The route: `POST /v1/runs/{id}/cancel`. */
  readonly command: string;
  /** The address as it was asked for, without its query. */
  readonly path: string;
  readonly targets: readonly AuditTarget[];
  /** `done`, `refused` to this person or in this state, or `failed` because something broke. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Why it was refused. */
  readonly code: string | null;
  readonly requestId: string;
}
