/** Reading API keys and the audit log from SQLite. */
import type { ApiKey } from '#core/domain/api-key.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import type { AuditReader } from '#core/ports/audit-reader.ts';
import type { KeyReader } from '#core/ports/key-reader.ts';
import type { Page, PageRequest } from '#core/ports/run-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { pageOf } from './sqlite-readers.ts';

type List<Item> = (tenant: string, page: PageRequest) => Promise<Page<Item>>;

function lister<Item extends { readonly id: string }>(
  database: SqliteDatabase,
  table: 'api_keys' | 'audit',
): List<Item> {
  const rows = database.prepare(
    `SELECT document FROM ${table} WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  return async (tenant, { limit, after }) =>
    pageOf(documents<Item>(rows.all(tenant, after ?? '~', limit + 1)), limit);
}

export function sqliteKeyReader(database: SqliteDatabase): KeyReader {
  const one = database.prepare('SELECT document FROM api_keys WHERE tenant = ? AND id = ?');
  return {
    get: async (tenant, id) => document<ApiKey>(one.get(tenant, id)),
    list: lister<ApiKey>(database, 'api_keys'),
  };
}

export function sqliteAuditReader(database: SqliteDatabase): AuditReader {
  return { list: lister<AuditEntry>(database, 'audit') };
}
