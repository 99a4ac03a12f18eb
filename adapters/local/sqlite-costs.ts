/** The ledger of costs in SQLite. */
import type { CostEntry } from '#core/domain/cost-entry.ts';
import type { CostReader } from '#core/ports/cost-reader.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export function sqliteCostReader(database: SqliteDatabase): CostReader {
  const all = database.prepare('SELECT document FROM costs WHERE tenant = ? AND run = ? ORDER BY id');
  return {
    list: async (tenant, run) =>
      (all.all(tenant, run) as { document: string }[]).map(
        ({ document }) => JSON.parse(document) as CostEntry,
      ),
  };
}

export function costHandler(
  database: SqliteDatabase,
): (tenant: string, change: Extract<Change, { kind: 'cost' }>) => void {
  const insert = database.prepare(
    'INSERT INTO costs (tenant, run, id, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return (tenant, { entry }) => {
    insert.run(tenant, entry.runId, entry.id, JSON.stringify(entry));
  };
}
