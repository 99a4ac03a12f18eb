/** Every port of the core in memory, with real conditions: for tests of use cases. */
import { createHash } from 'node:crypto';
import { LOCAL_PRINCIPAL, type Principal } from '#core/domain/principal.ts';
import { ofTenants } from '#core/domain/tenant.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Sending } from '#core/ports/sending.ts';
import { blobReaderOf, blobWriterOf } from './memory/blobs.ts';
import { eventLogOf, eventsOf, metricLogOf, metricsOf } from './memory/logs.ts';
import { type MemoryOutbound, memoryOutbound } from './memory/outbound.ts';
import {
  auditOf,
  corporaOf,
  costsOf,
  keysOf,
  modelsOf,
  presetsOf,
  quotasOf,
  runsOf,
  tenantsOf,
  uploadsOf,
  webhooksOf,
} from './memory/readers.ts';
import { registryOf } from './memory/registry.ts';
import { type MemoryStore, newStore } from './memory/store.ts';
import { type MemoryWorkflow, memoryWorkflow } from './memory/workflow.ts';

export interface MemoryPorts extends Ports, Sending {
  readonly store: MemoryStore;
  readonly workflow: MemoryWorkflow;
  readonly outbound: MemoryOutbound;
  /** Moves the clock; each look at it moves it by one more millisecond. */
  advance(milliseconds: number): void;
}

export const ADMIN: Principal = LOCAL_PRINCIPAL;
export const STRANGER: Principal = { tenant: 'other', role: 'admin', subject: 'stranger' };

export function memoryPorts(start = '2026-03-01T12:00:00.000Z'): MemoryPorts {
  const store = newStore();
  let now = Date.parse(start);
  let drawn = 0;
  return {
    store,
    runs: ofTenants(runsOf(store)),
    models: ofTenants(modelsOf(store)),
    corpora: ofTenants(corporaOf(store)),
    presets: ofTenants(presetsOf(store)),
    events: ofTenants(eventsOf(store)),
    metrics: ofTenants(metricsOf(store)),
    tenants: tenantsOf(store),
    keys: ofTenants(keysOf(store)),
    costs: ofTenants(costsOf(store)),
    quotas: ofTenants(quotasOf(store)),
    audit: ofTenants(auditOf(store)),
    uploads: ofTenants(uploadsOf(store)),
    webhooks: ofTenants(webhooksOf(store)),
    blobs: blobReaderOf(store, new Date(start)),
    registry: ofTenants(registryOf(store)),
    eventLog: ofTenants(eventLogOf(store)),
    metricLog: ofTenants(metricLogOf(store)),
    outbound: memoryOutbound(),
    webhookKey: { read: async () => 'key of all webhooks' },
    blobWriter: blobWriterOf(store, () => new Date(now)),
    workflow: memoryWorkflow(),
    clock: { now: () => new Date(now++) },
    entropy: {
      bytes: (count) => {
        const digest = createHash('sha256').update(`entropy ${drawn++}`).digest();
        return Uint8Array.from(digest.subarray(0, count));
      },
    },
    hasher: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}
