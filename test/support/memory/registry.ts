/** The registry with real conditional semantics: a commit holds for all of its changes or for none. */
import { ForgeError } from '#core/domain/errors.ts';
import { LIVE_STATUSES, tooManyRuns } from '#core/domain/quota.ts';
import type { Change, RegistryWriter } from '#core/ports/registry-writer.ts';
import { appendEvents, keyOf, type MemoryStore, ofTenant, type Tables, yieldTurn } from './store.ts';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

function conflict(code: 'stale_version' | 'exists' | 'idempotency_key_in_use', message: string): ForgeError {
  return new ForgeError('conflict', message, { code });
}

/** The condition of one record, and the rule that each write raises its version by exactly one. */
function condition(what: string, found: number | null, expected: number | null, next: number): void {
  if (found !== expected) {
    throw conflict(
      expected === null ? 'exists' : 'stale_version',
      `${what} has version ${found}, not ${expected}`,
    );
  }
  if (next !== (expected ?? 0) + 1) {
    throw new RangeError(`${what}: version ${next} written over ${expected}; versions rise by one`);
  }
}

function withEntry<Item>(table: ReadonlyMap<string, Item>, key: string, item: Item): Map<string, Item> {
  return new Map(table).set(key, structuredClone(item));
}

function applyModel(tables: Tables, tenant: string, { model, expected }: ChangeOf<'model'>): Tables {
  const key = keyOf(tenant, model.id);
  condition(
    `model ${model.id}`,
    tables.models.get(key)?.recordVersion ?? null,
    expected,
    model.recordVersion,
  );
  const versions = ofTenant(tables.models, tenant)
    .filter((each) => each.name === model.name && each.id !== model.id)
    .map((each) => each.version);
  const next = Math.max(0, ...versions) + 1;
  if (expected === null && model.version !== next) {
    throw conflict('stale_version', `model ${model.name}: version ${model.version}, expected ${next}`);
  }
  return { ...tables, models: withEntry(tables.models, key, model) };
}

function applyPreset(
  tables: Tables,
  tenant: string,
  change: ChangeOf<'preset'> | ChangeOf<'delete-preset'>,
): Tables {
  const name = change.kind === 'preset' ? change.preset.name : change.name;
  const key = keyOf(tenant, name);
  const found = tables.presets.get(key)?.recordVersion ?? null;
  if (change.kind === 'preset') {
    condition(`preset ${name}`, found, change.expected, change.preset.recordVersion);
    return { ...tables, presets: withEntry(tables.presets, key, change.preset) };
  }
  condition(`preset ${name}`, found, change.expected, change.expected + 1);
  const presets = new Map(tables.presets);
  presets.delete(key);
  return { ...tables, presets };
}

function applyKey(tables: Tables, tenant: string, change: ChangeOf<'idempotency'>): Tables {
  const key = keyOf(tenant, change.key);
  const found = tables.idempotency.get(key);
  if (found && found.expiresAt > change.now)
    throw conflict('idempotency_key_in_use', `${change.key} is in use`);
  const { runId, bodyHash, expiresAt } = change;
  return { ...tables, idempotency: withEntry(tables.idempotency, key, { runId, bodyHash, expiresAt }) };
}

function applyWebhook(
  tables: Tables,
  tenant: string,
  change: ChangeOf<'webhook'> | ChangeOf<'delete-webhook'>,
): Tables {
  const id = change.kind === 'webhook' ? change.webhook.id : change.id;
  const key = keyOf(tenant, id);
  const found = tables.webhooks.get(key)?.recordVersion ?? null;
  const next = change.kind === 'webhook' ? change.webhook.recordVersion : change.expected + 1;
  condition(`webhook ${id}`, found, change.expected, next);
  if (change.kind === 'webhook')
    return { ...tables, webhooks: withEntry(tables.webhooks, key, change.webhook) };
  const webhooks = new Map(tables.webhooks);
  webhooks.delete(key);
  return { ...tables, webhooks };
}

function applyDelivery(
  tables: Tables,
  tenant: string,
  change: ChangeOf<'delivery'> | ChangeOf<'queue-delivery'>,
): Tables {
  const { delivery } = change;
  const key = keyOf(tenant, `${delivery.webhookId}/${delivery.id}`);
  const found = tables.deliveries.get(key)?.recordVersion ?? null;
  if (change.kind === 'queue-delivery' && found !== null) return tables;
  const expected = change.kind === 'delivery' ? change.expected : null;
  condition(`delivery ${delivery.id}`, found, expected, delivery.recordVersion);
  return { ...tables, deliveries: withEntry(tables.deliveries, key, delivery) };
}

function applyQuota(
  tables: Tables,
  tenant: string,
  change: ChangeOf<'quota'> | ChangeOf<'admit-run'> | ChangeOf<'gpu-use'>,
): Tables {
  if (change.kind === 'quota') {
    const key = keyOf(tenant, 'quota');
    const found = tables.quotas.get(key)?.recordVersion ?? null;
    condition(`quota of ${tenant}`, found, change.expected, change.quota.recordVersion);
    return { ...tables, quotas: withEntry(tables.quotas, key, change.quota) };
  }
  if (change.kind === 'gpu-use') {
    const { month, jobId, gpuSeconds } = change.use;
    const key = keyOf(tenant, `${month}/${jobId}`);
    if (tables.gpuUse.has(key)) return tables;
    return { ...tables, gpuUse: withEntry(tables.gpuUse, key, gpuSeconds) };
  }
  const live = ofTenant(tables.runs, tenant).filter(
    ({ id, status }) => id !== change.run && LIVE_STATUSES.includes(status),
  );
  if (live.length >= change.most) throw tooManyRuns(live.length, change.most);
  return tables;
}

function applyCost(tables: Tables, tenant: string, { entry }: ChangeOf<'cost'>): Tables {
  const key = keyOf(tenant, `${entry.runId}/${entry.id}`);
  return tables.costs.has(key) ? tables : { ...tables, costs: withEntry(tables.costs, key, entry) };
}

function apply(tables: Tables, tenant: string, change: Change): Tables {
  switch (change.kind) {
    case 'run': {
      const key = keyOf(tenant, change.run.id);
      const found = tables.runs.get(key)?.version ?? null;
      condition(`run ${change.run.id}`, found, change.expected, change.run.version);
      return { ...tables, runs: withEntry(tables.runs, key, change.run) };
    }
    case 'corpus': {
      const key = keyOf(tenant, change.corpus.id);
      const found = tables.corpora.get(key)?.recordVersion ?? null;
      condition(`corpus ${change.corpus.id}`, found, change.expected, change.corpus.recordVersion);
      return { ...tables, corpora: withEntry(tables.corpora, key, change.corpus) };
    }
    case 'upload': {
      const key = keyOf(tenant, change.upload.contentHash);
      condition(`upload ${key}`, tables.uploads.get(key)?.recordVersion ?? null, null, 1);
      return { ...tables, uploads: withEntry(tables.uploads, key, change.upload) };
    }
    case 'model':
      return applyModel(tables, tenant, change);
    case 'alias': {
      const { name, alias, recordVersion } = change.alias;
      const key = keyOf(tenant, `${name}/${alias}`);
      const found = tables.aliases.get(key)?.recordVersion ?? null;
      condition(`alias ${name}@${alias}`, found, change.expected, recordVersion);
      return { ...tables, aliases: withEntry(tables.aliases, key, change.alias) };
    }
    case 'preset':
    case 'delete-preset':
      return applyPreset(tables, tenant, change);
    case 'webhook':
    case 'delete-webhook':
      return applyWebhook(tables, tenant, change);
    case 'delivery':
    case 'queue-delivery':
      return applyDelivery(tables, tenant, change);
    case 'idempotency':
      return applyKey(tables, tenant, change);
    case 'key': {
      const key = keyOf(tenant, change.key.id);
      const found = tables.keys.get(key)?.recordVersion ?? null;
      condition(`API key ${change.key.id}`, found, change.expected, change.key.recordVersion);
      return { ...tables, keys: withEntry(tables.keys, key, change.key) };
    }
    case 'quota':
    case 'admit-run':
    case 'gpu-use':
      return applyQuota(tables, tenant, change);
    case 'cost':
      return applyCost(tables, tenant, change);
    case 'audit': {
      const key = keyOf(tenant, change.entry.id);
      if (tables.audit.has(key)) throw conflict('exists', `audit entry ${change.entry.id} exists`);
      return { ...tables, audit: withEntry(tables.audit, key, change.entry) };
    }
    case 'event':
      return appendEvents(tables, tenant, [change.event]);
  }
}

export function registryOf(store: MemoryStore): RegistryWriter {
  return {
    async commit(tenant, changes) {
      await yieldTurn();
      store.tables = changes.reduce((tables, change) => apply(tables, tenant, change), store.tables);
    },
  };
}
