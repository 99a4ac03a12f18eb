/** Reading runs, corpora, presets and metrics from SQLite. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { Corpus } from '#core/domain/corpus.ts';
import { builtInPresets, type Preset } from '#core/domain/preset.ts';
import type { Run } from '#core/domain/run.ts';
import { summaryOf } from '#core/domain/run-summary.ts';
import type { CorpusReader } from '#core/ports/corpus-reader.ts';
import type { MetricReader } from '#core/ports/metric-reader.ts';
import type { PresetReader } from '#core/ports/preset-reader.ts';
import type { Page, PageRequest, RunReader } from '#core/ports/run-reader.ts';
import type { TenantReader } from '#core/ports/tenant-reader.ts';
import { document, documents, type SqliteDatabase } from './sqlite-database.ts';
import { versionedReader } from './sqlite-versioned-reader.ts';

/** Sorts before every ULID's successor: the first page starts below this. */
export const AFTER_ALL_IDS = '~';

/** Cuts the one row too many that was read to learn whether there is a next page. */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  limit: number,
): Page<Item> {
  const shown = items.slice(0, limit);
  return { items: shown, next: items.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

export function sqliteRunReader(database: SqliteDatabase): RunReader {
  const get = versionedReader<Run>(database, 'runs');
  const list = database.prepare(
    'SELECT document FROM runs WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const listByStatus = database.prepare(
    'SELECT document FROM runs WHERE tenant = ? AND status = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const byKey = database.prepare(
    'SELECT run_id, body_hash FROM idempotency WHERE tenant = ? AND key = ? AND expires_at > ?',
  );
  return {
    async get(tenant, id) {
      return get(tenant, id);
    },
    async list(tenant, { status }, { limit, after }: PageRequest) {
      const below = after ?? AFTER_ALL_IDS;
      const rows = status
        ? listByStatus.all(tenant, status, below, limit + 1)
        : list.all(tenant, below, limit + 1);
      return pageOf(documents<Run>(rows).map(summaryOf), limit);
    },
    async byIdempotencyKey(tenant, key, now) {
      const row = byKey.get(tenant, key, now) as { run_id: string; body_hash: string } | undefined;
      return row ? { runId: row.run_id, bodyHash: row.body_hash } : null;
    },
  };
}

export function sqliteCorpusReader(database: SqliteDatabase): CorpusReader {
  const get = database.prepare('SELECT document FROM corpora WHERE tenant = ? AND id = ?');
  const list = database.prepare(
    'SELECT document FROM corpora WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const byName = database.prepare(
    'SELECT document FROM corpora WHERE tenant = ? AND name = ? ORDER BY id DESC LIMIT 1',
  );
  const byHash = database.prepare(
    'SELECT document FROM corpora WHERE tenant = ? AND sha256 = ? ORDER BY id DESC LIMIT 1',
  );
  return {
    async get(tenant, id) {
      return document<Corpus>(get.get(tenant, id));
    },
    async list(tenant, { limit, after }) {
      return pageOf(documents<Corpus>(list.all(tenant, after ?? AFTER_ALL_IDS, limit + 1)), limit);
    },
    async byName(tenant, name) {
      return document<Corpus>(byName.get(tenant, name));
    },
    async byHash(tenant, sha256) {
      return document<Corpus>(byHash.get(tenant, sha256));
    },
  };
}

export function sqliteTenantReader(database: SqliteDatabase): TenantReader {
  const all = database.prepare(
    'SELECT tenant FROM runs UNION SELECT tenant FROM models UNION SELECT tenant FROM corpora UNION SELECT tenant FROM webhooks ORDER BY tenant',
  );
  return { list: async () => (all.all() as { tenant: string }[]).map(({ tenant }) => tenant) };
}

export function sqlitePresetReader(database: SqliteDatabase): PresetReader {
  const get = database.prepare('SELECT document FROM presets WHERE tenant = ? AND name = ?');
  const list = database.prepare('SELECT document FROM presets WHERE tenant = ? ORDER BY name');
  return {
    async get(tenant, name) {
      const builtIn = builtInPresets(tenant).find((preset) => preset.name === name);
      return builtIn ?? document<Preset>(get.get(tenant, name));
    },
    async list(tenant) {
      return [...builtInPresets(tenant), ...documents<Preset>(list.all(tenant))];
    },
  };
}

export function sqliteMetricReader(database: SqliteDatabase): MetricReader {
  const list = database.prepare(
    'SELECT document FROM metrics WHERE tenant = ? AND run = ? ORDER BY position',
  );
  const get = database.prepare('SELECT document FROM metrics WHERE tenant = ? AND id = ?');
  return {
    async list(tenant, run, { phase }) {
      const all = documents<MetricRecord>(list.all(tenant, run));
      return phase ? all.filter((metric) => metric.phase === phase) : all;
    },
    async get(tenant, id) {
      return document<MetricRecord>(get.get(tenant, id));
    },
  };
}
