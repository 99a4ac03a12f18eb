/** Quotas in SQLite, and what of them is used. */
import { LIVE_STATUSES, type Quota, tooManyRuns } from '#core/domain/quota.ts';
import type { QuotaReader } from '#core/ports/quota-reader.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { document, type SqliteDatabase } from './sqlite-database.ts';
import { stale } from './sqlite-stale.ts';

type QuotaKind = 'quota' | 'gpu-use' | 'admit-run';
type Handlers = {
  [Kind in QuotaKind]: (tenant: string, change: Extract<Change, { kind: Kind }>) => void;
};

export function sqliteQuotaReader(database: SqliteDatabase): QuotaReader {
  const one = database.prepare('SELECT document FROM quotas WHERE tenant = ?');
  const sum = database.prepare(
    'SELECT TOTAL(gpu_seconds) AS total FROM gpu_use WHERE tenant = ? AND month = ?',
  );
  return {
    get: async (tenant) => document<Quota>(one.get(tenant)),
    gpuSeconds: async (tenant, month) => (sum.get(tenant, month) as { total: number }).total,
  };
}

export function quotaHandlers(database: SqliteDatabase): Handlers {
  const insert = database.prepare(
    'INSERT INTO quotas (tenant, record_version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE quotas SET record_version = ?, document = ? WHERE tenant = ? AND record_version = ?',
  );
  const use = database.prepare(
    'INSERT INTO gpu_use (tenant, month, job, gpu_seconds) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const statuses = LIVE_STATUSES.map((status) => `'${status}'`).join(', ');
  const count = database.prepare(
    `SELECT COUNT(*) AS live FROM runs WHERE tenant = ? AND status IN (${statuses}) AND id <> ?`,
  );
  return {
    quota(tenant, { quota, expected }) {
      const text = JSON.stringify(quota);
      const { changes } =
        expected === null
          ? insert.run(tenant, quota.recordVersion, text)
          : update.run(quota.recordVersion, text, tenant, expected);
      if (changes !== 1) throw stale(`The quota of ${tenant}`, expected);
    },
    'gpu-use'(tenant, { use: { month, jobId, gpuSeconds } }) {
      use.run(tenant, month, jobId, gpuSeconds);
    },
    // The transaction has the only right to write, so what is counted is what there is.
    'admit-run'(tenant, { run, most }) {
      const { live } = count.get(tenant, run) as { live: number };
      if (live >= most) throw tooManyRuns(live, most);
    },
  };
}
