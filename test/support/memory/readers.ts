/** The reading ports of the registry. */
import type { CostEntry } from '#core/domain/cost-entry.ts';
import type { LineageEdge } from '#core/domain/lineage.ts';
import { ancestors } from '#core/domain/lineage.ts';
import type { Model } from '#core/domain/model.ts';
import { builtInPresets, type Preset } from '#core/domain/preset.ts';
import { summaryOf } from '#core/domain/run-summary.ts';
import type { Delivery } from '#core/domain/webhook.ts';
import type { AuditReader } from '#core/ports/audit-reader.ts';
import type { CorpusReader } from '#core/ports/corpus-reader.ts';
import type { CostReader } from '#core/ports/cost-reader.ts';
import type { KeyReader } from '#core/ports/key-reader.ts';
import type { ModelReader } from '#core/ports/model-reader.ts';
import type { PresetReader } from '#core/ports/preset-reader.ts';
import type { QuotaReader } from '#core/ports/quota-reader.ts';
import type { Page, PageRequest, RunReader } from '#core/ports/run-reader.ts';
import type { TenantReader } from '#core/ports/tenant-reader.ts';
import type { UploadReader } from '#core/ports/upload-reader.ts';
import type { WebhookReader } from '#core/ports/webhook-reader.ts';
import { keyOf, type MemoryStore, ofTenant, yieldTurn } from './store.ts';

const newestFirst = (left: { id: string }, right: { id: string }) => (left.id < right.id ? 1 : -1);

function pageOf<Item extends { id: string }>(items: readonly Item[], request: PageRequest): Page<Item> {
  const sorted = [...items].sort(newestFirst);
  const rest = sorted.filter(({ id }) => request.after === null || id < request.after);
  const page = rest.slice(0, request.limit);
  return {
    items: structuredClone(page),
    next: rest.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

const copyOf = <Item>(item: Item | undefined): Item | null =>
  item === undefined ? null : structuredClone(item);

export function runsOf(store: MemoryStore): RunReader {
  return {
    async get(tenant, id) {
      await yieldTurn();
      return copyOf(store.tables.runs.get(keyOf(tenant, id)));
    },
    async list(tenant, { status }, page) {
      const runs = ofTenant(store.tables.runs, tenant);
      const wanted = runs.filter((run) => status === undefined || run.status === status);
      return pageOf(wanted.map(summaryOf), page);
    },
    async byIdempotencyKey(tenant, key, now) {
      await yieldTurn();
      const found = store.tables.idempotency.get(keyOf(tenant, key));
      return found && found.expiresAt > now ? { runId: found.runId, bodyHash: found.bodyHash } : null;
    },
  };
}

function edgesOf(models: readonly Model[]): readonly LineageEdge[] {
  return models.flatMap(({ id, parents }) =>
    parents.map(({ modelId, relation, weight }) => ({ parent: modelId, child: id, relation, weight })),
  );
}

export function modelsOf(store: MemoryStore): ModelReader {
  return {
    async get(tenant, id) {
      await yieldTurn();
      return copyOf(store.tables.models.get(keyOf(tenant, id)));
    },
    async list(tenant, filter, page) {
      const { run, phase, status, name, parent } = filter;
      const wanted = ofTenant(store.tables.models, tenant).filter(
        (model) =>
          (run === undefined || model.runId === run) &&
          (phase === undefined || model.phase === phase) &&
          (status === undefined ? model.status !== 'deleted' : status === 'any' || model.status === status) &&
          (name === undefined || model.name === name) &&
          (parent === undefined || model.parents.some((link) => link.modelId === parent)),
      );
      return pageOf(wanted, page);
    },
    async byName(tenant, name, version) {
      const versions = ofTenant(store.tables.models, tenant)
        .filter((model) => model.name === name && (version === null || model.version === version))
        .sort((left, right) => right.version - left.version);
      return copyOf(versions[0]);
    },
    async latest(tenant, name) {
      const active = ofTenant(store.tables.models, tenant).filter(
        (model) => model.name === name && model.status === 'active',
      );
      return copyOf(active.sort((left, right) => right.version - left.version)[0]);
    },
    async alias(tenant, name, alias) {
      await yieldTurn();
      return copyOf(store.tables.aliases.get(keyOf(tenant, `${name}/${alias}`)));
    },
    async edgesAbove(tenant, id) {
      const edges = edgesOf(ofTenant(store.tables.models, tenant));
      const family = new Set([id, ...ancestors(edges, id)]);
      return edges.filter((edge) => family.has(edge.child));
    },
  };
}

export function tenantsOf(store: MemoryStore): TenantReader {
  return {
    async list() {
      const { runs, models, corpora, webhooks } = store.tables;
      const keys = [...runs.keys(), ...models.keys(), ...corpora.keys(), ...webhooks.keys()];
      return [...new Set(keys.map((key) => key.slice(0, key.indexOf('/'))))].sort();
    },
  };
}

export function keysOf(store: MemoryStore): KeyReader {
  return {
    get: async (tenant, id) => copyOf(store.tables.keys.get(keyOf(tenant, id))),
    list: async (tenant, page) => pageOf(ofTenant(store.tables.keys, tenant), page),
  };
}

export function quotasOf(store: MemoryStore): QuotaReader {
  return {
    get: async (tenant) => copyOf(store.tables.quotas.get(keyOf(tenant, 'quota'))),
    gpuSeconds: async (tenant, month) =>
      [...store.tables.gpuUse]
        .filter(([key]) => key.startsWith(`${tenant}/${month}/`))
        .reduce((sum, [, seconds]) => sum + seconds, 0),
  };
}

export function costsOf(store: MemoryStore): CostReader {
  return {
    list: async (tenant, run) =>
      ofTenant(store.tables.costs, tenant)
        .filter(({ runId }) => runId === run)
        .map((entry) => copyOf(entry) as CostEntry),
  };
}

export function auditOf(store: MemoryStore): AuditReader {
  return { list: async (tenant, page) => pageOf(ofTenant(store.tables.audit, tenant), page) };
}

export function corporaOf(store: MemoryStore): CorpusReader {
  const newest = (tenant: string) => ofTenant(store.tables.corpora, tenant).sort(newestFirst);
  return {
    get: async (tenant, id) => copyOf(store.tables.corpora.get(keyOf(tenant, id))),
    list: async (tenant, page) => pageOf(ofTenant(store.tables.corpora, tenant), page),
    byName: async (tenant, name) => copyOf(newest(tenant).find((corpus) => corpus.name === name)),
    byHash: async (tenant, sha256) => copyOf(newest(tenant).find((corpus) => corpus.sha256 === sha256)),
  };
}

export function webhooksOf(store: MemoryStore): WebhookReader {
  const all = (tenant: string) => ofTenant(store.tables.deliveries, tenant);
  return {
    get: async (tenant, id) => copyOf(store.tables.webhooks.get(keyOf(tenant, id))),
    list: async (tenant) => structuredClone(ofTenant(store.tables.webhooks, tenant).sort(newestFirst)),
    delivery: async (tenant, webhook, id) =>
      copyOf(store.tables.deliveries.get(keyOf(tenant, `${webhook}/${id}`))),
    deliveries: async (tenant, webhook, page) =>
      pageOf(
        all(tenant).filter(({ webhookId }) => webhookId === webhook),
        page,
      ),
    async due(tenant, now, limit) {
      const due = all(tenant).filter(({ nextAttemptAt: at }) => at !== null && at <= now);
      const order = (left: Delivery, right: Delivery) =>
        (left.nextAttemptAt ?? '') < (right.nextAttemptAt ?? '') ? -1 : 1;
      return structuredClone(due.sort(order).slice(0, limit));
    },
  };
}

/** The built-in presets of the release, then the tenant's own. */
export function presetsOf(store: MemoryStore): PresetReader {
  const all = (tenant: string): readonly Preset[] => [
    ...builtInPresets(tenant),
    ...ofTenant(store.tables.presets, tenant),
  ];
  return {
    get: async (tenant, name) => copyOf(all(tenant).find((preset) => preset.name === name)),
    list: async (tenant) => structuredClone(all(tenant)),
  };
}

export function uploadsOf(store: MemoryStore): UploadReader {
  return {
    async byContent(tenant, contentHash) {
      await yieldTurn();
      return copyOf(store.tables.uploads.get(keyOf(tenant, contentHash)));
    },
    async list(tenant, page) {
      return pageOf(ofTenant(store.tables.uploads, tenant), page);
    },
  };
}
