/** The ledger of costs in DynamoDB. */
import type { CostEntry } from '#core/domain/cost-entry.ts';
import type { CostReader } from '#core/ports/cost-reader.ts';
import { everyRow } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import type { DecidedStep } from './dynamo-transactions.ts';
import { itemOf, partitionOf } from './table-layout.ts';

export function dynamoCostReader(table: DynamoTable): CostReader {
  return {
    async list(tenant, run) {
      const rows = await everyRow(table, partitionOf('cost', { tenant, run }));
      return rows.map((row) => JSON.parse(String(row.document)) as CostEntry);
    },
  };
}

/** Who writes the same entry again writes the same item. */
export function costStep(tenant: string, entry: CostEntry): DecidedStep {
  const document = JSON.stringify(entry);
  return { put: itemOf('cost', { tenant, run: entry.runId, entry: entry.id }, { document }) };
}
