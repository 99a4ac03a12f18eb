/** Reading API keys and the audit log from DynamoDB. */
import type { ApiKey } from '#core/domain/api-key.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import type { AuditReader } from '#core/ports/audit-reader.ts';
import type { KeyReader } from '#core/ports/key-reader.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import { pageOfPartition } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type Item, keyOf, partitionOf } from './table-layout.ts';

export function dynamoKeyReader(table: DynamoTable): KeyReader {
  return {
    async get(tenant, id) {
      const item = await table.get(keyOf('apiKey', { tenant, key: id }));
      return item && documentOf<ApiKey>(table, item);
    },
    list(tenant, page) {
      const recordsOf = (items: readonly Item[]) => documentsOf<ApiKey>(table, items);
      return pageOfPartition(table, { pk: partitionOf('apiKey', { tenant }), recordsOf }, page);
    },
  };
}

export function dynamoAuditReader(table: DynamoTable): AuditReader {
  return {
    list(tenant, page) {
      const recordsOf = (items: readonly Item[]) => documentsOf<AuditEntry>(table, items);
      return pageOfPartition(table, { pk: partitionOf('audit', { tenant }), recordsOf }, page);
    },
  };
}
