/** Reading models and their lineage from SQLite. */
import type { LineageEdge } from '#core/domain/lineage.ts';
import type { Model } from '#core/domain/model.ts';
import type { ModelFilter, ModelReader } from '#core/ports/model-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { pageOf } from './sqlite-readers.ts';

/** Column of each filter; the parent is looked up in its own table. */
const CONDITIONS: Readonly<Record<keyof ModelFilter, string>> = {
  run: 'run_id = ?',
  phase: 'phase = ?',
  status: 'status = ?',
  name: 'name = ?',
  parent: 'id IN (SELECT child FROM model_parents WHERE tenant = models.tenant AND parent = ?)',
};

const EDGES_ABOVE = `
WITH RECURSIVE above(id) AS (
  SELECT ?2 UNION SELECT parent FROM model_parents JOIN above ON child = above.id WHERE tenant = ?1)
SELECT parent, child, relation, weight FROM model_parents WHERE tenant = ?1 AND child IN (SELECT id FROM above)`;

export function sqliteModelReader(database: SqliteDatabase): ModelReader {
  const get = database.prepare('SELECT document FROM models WHERE tenant = ? AND id = ?');
  const exact = database.prepare('SELECT document FROM models WHERE tenant = ? AND name = ? AND version = ?');
  const newest = database.prepare(
    'SELECT document FROM models WHERE tenant = ? AND name = ? ORDER BY version DESC LIMIT 1',
  );
  const above = database.prepare(EDGES_ABOVE);
  return {
    async get(tenant, id) {
      return document<Model>(get.get(tenant, id));
    },
    async list(tenant, filter, { limit, after }) {
      const given = (Object.keys(CONDITIONS) as (keyof ModelFilter)[]).filter(
        (key) => filter[key] !== undefined,
      );
      const where = ['tenant = ?', 'id < ?', ...given.map((key) => CONDITIONS[key])].join(' AND ');
      const values = [tenant, after ?? '~', ...given.map((key) => filter[key])];
      const rows = database
        .prepare(`SELECT document FROM models WHERE ${where} ORDER BY id DESC LIMIT ?`)
        .all(...values, limit + 1);
      return pageOf(documents<Model>(rows), limit);
    },
    async byName(tenant, name, version) {
      return document<Model>(version === null ? newest.get(tenant, name) : exact.get(tenant, name, version));
    },
    async edgesAbove(tenant, id) {
      return above.all(tenant, id) as LineageEdge[];
    },
  };
}
