/** Reading models and their lineage from SQLite. */
import type { LineageEdge } from '#core/domain/lineage.ts';
import type { Model } from '#core/domain/model.ts';
import type { ModelAlias } from '#core/domain/model-alias.ts';
import type { ModelFilter, ModelReader } from '#core/ports/model-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { pageOf } from './sqlite-readers.ts';

/** Column of each filter; the parent is looked up in its own table. */
const CONDITIONS: Readonly<Record<Exclude<keyof ModelFilter, 'status'>, string>> = {
  run: 'run_id = ?',
  phase: 'phase = ?',
  name: 'name = ?',
  parent: 'id IN (SELECT child FROM model_parents WHERE tenant = models.tenant AND parent = ?)',
};

/** The condition on the status and its value; what is deleted shows only to who asks for it. */
function statusCondition(status: ModelFilter['status']): readonly [string, ...string[]] {
  if (status === 'any') return ['TRUE'];
  return status === undefined ? ['status <> ?', 'deleted'] : ['status = ?', status];
}

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
  const latest = database.prepare(
    "SELECT document FROM models WHERE tenant = ? AND name = ? AND status = 'active' ORDER BY version DESC LIMIT 1",
  );
  const alias = database.prepare(
    'SELECT document FROM model_aliases WHERE tenant = ? AND name = ? AND alias = ?',
  );
  const above = database.prepare(EDGES_ABOVE);
  return {
    async get(tenant, id) {
      return document<Model>(get.get(tenant, id));
    },
    async list(tenant, filter, { limit, after }) {
      const [ofStatus, ...status] = statusCondition(filter.status);
      const given = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).filter(
        (key) => filter[key] !== undefined,
      );
      const where = ['tenant = ?', 'id < ?', ofStatus, ...given.map((key) => CONDITIONS[key])].join(' AND ');
      const values = [tenant, after ?? '~', ...status, ...given.map((key) => filter[key])];
      const rows = database
        .prepare(`SELECT document FROM models WHERE ${where} ORDER BY id DESC LIMIT ?`)
        .all(...values, limit + 1);
      return pageOf(documents<Model>(rows), limit);
    },
    async byName(tenant, name, version) {
      return document<Model>(version === null ? newest.get(tenant, name) : exact.get(tenant, name, version));
    },
    async latest(tenant, name) {
      return document<Model>(latest.get(tenant, name));
    },
    async alias(tenant, name, word) {
      return document<ModelAlias>(alias.get(tenant, name, word));
    },
    async edgesAbove(tenant, id) {
      return above.all(tenant, id) as LineageEdge[];
    },
  };
}
