/** A small store with something of every kind, and all that its readers say about it; for tests of upgrades. */
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import { everyItem } from '#core/application/queries/list-everything.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { entryOf, keyOf } from '#test/contract/access-tests.ts';
import {
  AT,
  corpusOf,
  eventOf,
  idOf,
  modelOf,
  presetOf,
  runOf,
  TENANT,
  uploadOf,
} from '#test/contract/records.ts';
import type { RegistryPorts } from '#test/contract/registry-world.ts';
import { deliveryOf, webhookOf } from '#test/contract/webhook-tests.ts';
import { ADMIN, type MemoryPorts } from './memory-ports.ts';
import { leaveCognateResults } from './toy-results.ts';
import { startedRun, toyDocument } from './toy-run.ts';

/** What a second tenant has, so that every kind of record is there. */
const OTHERS: readonly Change[] = [
  { kind: 'run', run: runOf(1), expected: null },
  { kind: 'run', run: runOf(1, { version: 2, status: 'running' }), expected: 1 },
  { kind: 'model', model: modelOf(2), expected: null },
  {
    kind: 'model',
    model: modelOf(3, { version: 2, parents: [{ modelId: idOf(2), relation: 'continued-from', weight: 1 }] }),
    expected: null,
  },
  { kind: 'model', model: modelOf(2, { status: 'archived', recordVersion: 2 }), expected: 1 },
  { kind: 'corpus', corpus: corpusOf(4), expected: null },
  { kind: 'preset', preset: presetOf(), expected: null },
  { kind: 'upload', upload: uploadOf(7), expected: null },
  { kind: 'webhook', webhook: webhookOf(1), expected: null },
  { kind: 'queue-delivery', delivery: deliveryOf(8) },
  { kind: 'key', key: keyOf(9), expected: null },
  { kind: 'audit', entry: entryOf(9) },
  { kind: 'event', event: eventOf(idOf(1), { key: 'job/1/0' }) },
];

/** One run that went through phase 1 to its report, one that waits, and the records of another tenant. */
export async function fillStore(ports: MemoryPorts): Promise<void> {
  const { id: runId } = await startedRun(ports);
  leaveCognateResults(ports.store, runId);
  await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
  await finishRun(ports, ADMIN, { runId, outcome: 'SUCCEEDED' });
  await submitRun(ports, ADMIN, { document: toyDocument({ name: 'waiting' }), idempotencyKey: 'waiting' });
  for (const change of OTHERS) await ports.registry.commit(TENANT, [change]);
}

async function all<Found>(pages: AsyncIterable<Found>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for await (const each of pages) found.push(each);
  return found;
}

async function ofTenant(ports: RegistryPorts, tenant: string): Promise<Readonly<Record<string, unknown>>> {
  const { runs, models, corpora, presets, uploads, webhooks, keys, audit, events, metrics } = ports;
  const summaries = await all(everyItem((page) => runs.list(tenant, {}, page)));
  const found = await all(everyItem((page) => models.list(tenant, { status: 'any' }, page)));
  const hooks = await webhooks.list(tenant);
  const each = <Thing, Read>(things: readonly Thing[], read: (thing: Thing) => Promise<Read>) =>
    Promise.all(things.map(read));
  return {
    summaries,
    runs: await each(summaries, ({ id }) => runs.get(tenant, id)),
    events: await each(summaries, ({ id }) => events.read(tenant, id, 0, 1000)),
    metrics: await each(summaries, ({ id }) => metrics.list(tenant, id, {})),
    running: await all(everyItem((page) => runs.list(tenant, { status: 'running' }, page))),
    models: found,
    edges: await each(found, async ({ id }) =>
      [...(await models.edgesAbove(tenant, id))]
        .map((edge) => JSON.stringify(edge, ['parent', 'child', 'weight']))
        .sort(),
    ),
    latest: await each(found, ({ name }) => models.latest(tenant, name)),
    corpora: await all(everyItem((page) => corpora.list(tenant, page))),
    presets: (await presets.list(tenant)).filter(({ builtIn }) => !builtIn),
    uploads: await all(everyItem((page) => uploads.list(tenant, page))),
    webhooks: hooks,
    deliveries: await each(hooks, ({ id }) =>
      all(everyItem((page) => webhooks.deliveries(tenant, id, page))),
    ),
    keys: await all(everyItem((page) => keys.list(tenant, page))),
    audit: await all(everyItem((page) => audit.list(tenant, page))),
    key: await runs.byIdempotencyKey(tenant, 'waiting', AT),
  };
}

/** Whatever the readers say, tenant by tenant. */
export async function readStore(ports: RegistryPorts): Promise<Readonly<Record<string, unknown>>> {
  const tenants = [...(await ports.tenants.list())].sort();
  const records = await Promise.all(tenants.map((tenant) => ofTenant(ports, tenant)));
  return Object.fromEntries(tenants.map((tenant, at) => [tenant, records[at]]));
}
