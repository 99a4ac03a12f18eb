/** Metric records in SQLite; a record that is there stays as it was first written. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { MetricWriter } from '#core/ports/metric-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export function sqliteMetricWriter(database: SqliteDatabase): MetricWriter {
  const insert = database.prepare(
    'INSERT INTO metrics (tenant, id, run, phase, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const insertAll = database.transaction((tenant: string, metrics: readonly MetricRecord[]) => {
    for (const metric of metrics)
      insert.run(tenant, metric.id, metric.runId, metric.phase, JSON.stringify(metric));
  });
  return {
    async record(tenant, metrics) {
      insertAll.immediate(tenant, metrics);
    },
  };
}
