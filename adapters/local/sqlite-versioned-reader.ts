/** Reads records that are asked for again and again: a document is taken out and parsed once per version. */
import type { SqliteDatabase } from './sqlite-database.ts';

/** A handful of runs is watched at a time; each is some kilobytes. */
const KEPT = 64;

/** Whoever reads shares the record with everybody else. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/**
 * A function that reads a record by its key.
 *
 * The version always comes from the database, so that a change by anybody is seen at once.
 */
export function versionedReader<Item extends object>(
  database: SqliteDatabase,
  table: 'runs',
): (tenant: string, id: string) => Item | null {
  const read = database.prepare(
    `SELECT version, CASE WHEN version = ?3 THEN NULL ELSE document END AS document
     FROM ${table} WHERE tenant = ?1 AND id = ?2`,
  );
  const kept = new Map<string, { readonly version: number; readonly item: Item }>();
  return (tenant, id) => {
    const key = `${tenant}/${id}`;
    const last = kept.get(key);
    const row = read.get(tenant, id, last?.version ?? -1) as
      | { version: number; document: string | null }
      | undefined;
    kept.delete(key);
    if (!row) return null;
    const item =
      row.document === null && last ? last.item : frozen(JSON.parse(row.document ?? 'null') as Item);
    // Taken out and put in again: the first key is always the one that was not asked for the longest.
    kept.set(key, { version: row.version, item });
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return item;
  };
}
