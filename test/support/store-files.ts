/** Whole stores as text: SQL of a SQLite file, lines of JSON of a table. */
import type { Item } from '#adapters/aws/table-layout.ts';
import type { SqliteDatabase } from '#adapters/local/sqlite-database.ts';

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

/** Statements that make the file again, with its `user_version`. */
export function sqlOf(database: SqliteDatabase): string {
  const objects = database
    .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { type: string; name: string; sql: string }[];
  const rows = objects
    .filter(({ type }) => type === 'table')
    .flatMap(({ name }) =>
      (database.prepare(`SELECT * FROM ${name}`).all() as Record<string, unknown>[]).map(
        (row) =>
          `INSERT INTO ${name} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')});`,
      ),
    );
  const { user_version: form } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const made = objects.map(({ sql }) => `${sql};`);
  return `${[`PRAGMA user_version = ${form};`, ...made, ...rows].join('\n')}\n`;
}

export function linesOf(items: readonly Item[]): string {
  const sorted = [...items].sort((one, other) =>
    `${one.pk} ${one.sk}` < `${other.pk} ${other.sk}` ? -1 : 1,
  );
  return sorted.map((item) => `${JSON.stringify(item)}\n`).join('');
}

export function itemsOfLines(text: string): readonly Item[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Item);
}
