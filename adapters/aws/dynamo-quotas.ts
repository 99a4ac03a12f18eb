/** Quotas in DynamoDB, what of them is used, and the gate that lets runs in one after another. */
import { type GpuUse, LIVE_STATUSES, type Quota, tooManyRuns } from '#core/domain/quota.ts';
import type { QuotaReader } from '#core/ports/quota-reader.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { documentOf } from './dynamo-documents.ts';
import { everyRow } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import type { DecidedStep } from './dynamo-transactions.ts';
import { itemOf, keyOf, partitionOf } from './table-layout.ts';

export function dynamoQuotaReader(table: DynamoTable): QuotaReader {
  return {
    async get(tenant) {
      const item = await table.get(keyOf('quota', { tenant }));
      return item && documentOf<Quota>(table, item);
    },
    async gpuSeconds(tenant, month) {
      const uses = await everyRow(table, partitionOf('gpuUse', { tenant, month }));
      return uses.reduce((sum, use) => sum + Number(use.gpuSeconds), 0);
    },
  };
}

/** The same job again is the same item. */
export function gpuUseStep({ tenant, month, jobId: job, gpuSeconds }: GpuUse): DecidedStep {
  return { put: itemOf('gpuUse', { tenant, month, job }, { gpuSeconds }) };
}

/**
 * Lets a run in while fewer than so many others are live. The runs are counted, and the gate is written under the
 * version at which they were: of several that count at the same time one gets through, and the others count again.
 * Nothing else makes a run live, and one that ends in between does no harm.
 */
export async function admissionSteps(
  table: DynamoTable,
  tenant: string,
  { run, most }: Extract<Change, { kind: 'admit-run' }>,
): Promise<readonly DecidedStep[]> {
  const gate = await table.get(keyOf('runGate', { tenant }));
  const live = new Set<string>();
  // In the order of a run's life: one that moves on while we count is met again, and counted once.
  for (const status of LIVE_STATUSES) {
    const rows = await table.query(partitionOf('runOfStatus', { tenant, status }), { limit: most + 1 });
    for (const { sk } of rows) if (sk !== run) live.add(sk);
  }
  if (live.size >= most) throw tooManyRuns(live.size, most);
  const version = Number(gate?.version ?? 0);
  return [
    {
      put: itemOf('runGate', { tenant }, { version: version + 1 }),
      condition: gate
        ? { text: '#version = :seen', names: { '#version': 'version' }, values: { ':seen': version } }
        : { text: 'attribute_not_exists(pk)' },
      refusal: 'again',
    },
  ];
}
