/** Who may do what, and who did: API keys and the audit log. */
import type { Connection } from './connection.ts';
import { pages } from './pages.ts';
import type { CostFilter, KeyBody, QuotaBody } from './records.ts';
import { call, callVersioned } from './typed-call.ts';

export function accessMethods(connection: Connection) {
  return {
    createKey: (body: KeyBody) => call(connection, 'post', '/v1/keys', { body }),
    listKeys: (limit: number) => pages(limit, (query) => call(connection, 'get', '/v1/keys', { query })),
    revokeKey: (id: string) =>
      call(connection, 'delete', '/v1/keys/{id}', { path: { id }, repeatable: true }),
    listCosts: (query: CostFilter) => call(connection, 'get', '/v1/costs', { query }),
    /** The quota with its ETag. */
    findQuota: () => callVersioned(connection, 'get', '/v1/quotas', {}),
    setQuota: (etag: string, body: QuotaBody) =>
      call(connection, 'put', '/v1/quotas', { headers: { 'if-match': etag }, body }),
    listAudit: (limit: number) => pages(limit, (query) => call(connection, 'get', '/v1/audit', { query })),
  };
}
