/** Metric records in DynamoDB; a record that is there stays as it was first written. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { MetricReader } from '#core/ports/metric-reader.ts';
import type { MetricWriter } from '#core/ports/metric-writer.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type DecidedStep, type DynamoTransactions, MOST_STEPS } from './dynamo-transactions.ts';
import { itemOf, keyOf, partitionOf } from './table-layout.ts';

/** A record and its id: two steps. */
const RECORDS_AT_ONCE = MOST_STEPS / 2;
const PAGE = 1000;

export function dynamoMetricReader(table: DynamoTable): MetricReader {
  return {
    async list(tenant, run, { phase }) {
      const pk = partitionOf('metric', { tenant, run });
      const found: MetricRecord[] = [];
      for (let above: string | undefined; ; ) {
        const items = await table.query(pk, { limit: PAGE, ...(above === undefined ? {} : { above }) });
        found.push(...(await documentsOf<MetricRecord>(table, items)));
        if (items.length < PAGE) break;
        above = items.at(-1)?.sk;
      }
      return phase ? found.filter((metric) => metric.phase === phase) : found;
    },
    async get(tenant, id) {
      const named = await table.get(keyOf('metricById', { tenant, metric: id }));
      if (!named) return null;
      const place = { tenant, run: String(named.run), position: Number(named.position) };
      const item = await table.get(keyOf('metric', place));
      return item && documentOf<MetricRecord>(table, item);
    },
  };
}

export function dynamoMetricWriter(table: DynamoTable, transactions: DynamoTransactions): MetricWriter {
  return {
    async record(tenant, metrics) {
      for (const run of new Set(metrics.map(({ runId }) => runId))) {
        const records = metrics.filter(({ runId }) => runId === run);
        for (let from = 0; from < records.length; from += RECORDS_AT_ONCE) {
          const some = records.slice(from, from + RECORDS_AT_ONCE);
          await transactions.decide(() => placed(table, tenant, run, some));
        }
      }
    },
  };
}

/** Positions are taken before the records are written: one that is never used leaves a gap, which means nothing. */
async function placed(
  table: DynamoTable,
  tenant: string,
  run: string,
  metrics: readonly MetricRecord[],
): Promise<readonly DecidedStep[]> {
  const keys = metrics.map(({ id }) => keyOf('metricById', { tenant, metric: id }));
  const known = new Set((await table.getAll(keys)).map(({ pk }) => pk));
  const fresh = new Map<string, MetricRecord>();
  for (const [at, metric] of metrics.entries()) {
    const { pk = '' } = keys[at] ?? {};
    if (!known.has(pk) && !fresh.has(pk)) fresh.set(pk, metric);
  }
  if (fresh.size === 0) return [];
  const last = await table.add(itemOf('metricCount', { tenant, run }), 'last', fresh.size);
  return [...fresh.values()].flatMap((metric, at): DecidedStep[] => {
    const position = last - fresh.size + 1 + at;
    const document = JSON.stringify(metric);
    return [
      {
        put: itemOf('metricById', { tenant, metric: metric.id }, { run, position }),
        condition: { text: 'attribute_not_exists(pk)' },
        refusal: 'again',
      },
      { put: itemOf('metric', { tenant, run, position }, { document }) },
    ];
  });
}
