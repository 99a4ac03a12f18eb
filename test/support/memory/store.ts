/** What every in-memory port of one world shares. Everything is copied on the way in and on the way out. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { ApiKey } from '#core/domain/api-key.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import type { Corpus } from '#core/domain/corpus.ts';
import type { CostEntry } from '#core/domain/cost-entry.ts';
import type { NewEvent } from '#core/domain/event.ts';
import type { Model } from '#core/domain/model.ts';
import type { ModelAlias } from '#core/domain/model-alias.ts';
import type { Preset } from '#core/domain/preset.ts';
import type { Quota } from '#core/domain/quota.ts';
import type { Run } from '#core/domain/run.ts';
import type { Upload } from '#core/domain/upload.ts';
import type { Delivery, Webhook } from '#core/domain/webhook.ts';

export interface IdempotencyRecord {
  readonly runId: string;
  readonly bodyHash: string;
  readonly expiresAt: string;
}

/** Keys start with the tenant, as everywhere else. */
export interface Tables {
  readonly runs: ReadonlyMap<string, Run>;
  readonly models: ReadonlyMap<string, Model>;
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  readonly corpora: ReadonlyMap<string, Corpus>;
  readonly presets: ReadonlyMap<string, Preset>;
  /** By content. */
  readonly uploads: ReadonlyMap<string, Upload>;
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly idempotency: ReadonlyMap<string, IdempotencyRecord>;
  readonly events: ReadonlyMap<string, readonly ForgeEvent[]>;
  readonly eventKeys: ReadonlySet<string>;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly quotas: ReadonlyMap<string, Quota>;
  readonly costs: ReadonlyMap<string, CostEntry>;
  /** GPU seconds by month and job. */
  readonly gpuUse: ReadonlyMap<string, number>;
  readonly audit: ReadonlyMap<string, AuditEntry>;
}

export interface MemoryStore {
  /** Replaced as a whole by a commit: a reader sees all of a transaction or nothing. */
  tables: Tables;
  readonly metrics: Map<string, MetricRecord>;
  readonly blobs: Map<string, Uint8Array>;
  /** When each blob was written through a port; what a test put there itself is as old as the world. */
  readonly blobTimes: Map<string, Date>;
}

export function newStore(): MemoryStore {
  return {
    tables: {
      runs: new Map(),
      models: new Map(),
      aliases: new Map(),
      corpora: new Map(),
      presets: new Map(),
      uploads: new Map(),
      webhooks: new Map(),
      deliveries: new Map(),
      idempotency: new Map(),
      events: new Map(),
      eventKeys: new Set(),
      keys: new Map(),
      quotas: new Map(),
      costs: new Map(),
      gpuUse: new Map(),
      audit: new Map(),
    },
    metrics: new Map(),
    blobs: new Map(),
    blobTimes: new Map(),
  };
}

export const keyOf = (tenant: string, id: string): string => `${tenant}/${id}`;

export function ofTenant<Item>(table: ReadonlyMap<string, Item>, tenant: string): Item[] {
  return [...table].filter(([key]) => key.startsWith(`${tenant}/`)).map(([, item]) => item);
}

/** Gives other pending work a turn, as any real store does: without it no race could show. */
export async function yieldTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Appends with gapless numbers per run; an event whose key its run knows already is dropped. */
export function appendEvents(tables: Tables, tenant: string, added: readonly NewEvent[]): Tables {
  const events = new Map(tables.events);
  const eventKeys = new Set(tables.eventKeys);
  for (const { key, ...event } of structuredClone(added)) {
    const log = keyOf(tenant, event.run);
    const seen = `${log}/${key}`;
    if (key !== undefined && eventKeys.has(seen)) continue;
    if (key !== undefined) eventKeys.add(seen);
    const before = events.get(log) ?? [];
    events.set(log, [...before, { seq: before.length + 1, tenant, ...event }]);
  }
  return { ...tables, events, eventKeys };
}
