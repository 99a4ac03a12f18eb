/** Writing to SQLite where an alias points. */
import type { Change } from '#core/ports/registry-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { stale } from './sqlite-stale.ts';

export function aliasHandler(
  database: SqliteDatabase,
): (tenant: string, change: Extract<Change, { kind: 'alias' }>) => void {
  const insert = database.prepare(
    'INSERT INTO model_aliases (tenant, name, alias, record_version, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE model_aliases SET record_version = ?, document = ? WHERE tenant = ? AND name = ? AND alias = ? AND record_version = ?',
  );
  return (tenant, { alias: record, expected }) => {
    const { name, alias, recordVersion } = record;
    const text = JSON.stringify(record);
    const { changes } =
      expected === null
        ? insert.run(tenant, name, alias, recordVersion, text)
        : update.run(recordVersion, text, tenant, name, alias, expected);
    if (changes !== 1) throw stale(`Alias ${name}@${alias}`, expected);
  };
}
