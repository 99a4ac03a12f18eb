import type { AuditEntry } from '../domain/audit.ts';
import type { Page, PageRequest } from './run-reader.ts';

/** Entries are added by commits and never change. */
export interface AuditReader {
  list(tenant: string, page: PageRequest): Promise<Page<AuditEntry>>;
}
