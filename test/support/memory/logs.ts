/** The event log and the metric store. */
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import type { MetricReader } from '#core/ports/metric-reader.ts';
import type { MetricWriter } from '#core/ports/metric-writer.ts';
import { appendEvents, keyOf, type MemoryStore, ofTenant, yieldTurn } from './store.ts';

export function eventLogOf(store: MemoryStore): EventWriter {
  return {
    async append(tenant, events) {
      await yieldTurn();
      store.tables = appendEvents(store.tables, tenant, events);
    },
  };
}

const LOOK_AGAIN_MS = 5;

export function eventsOf(store: MemoryStore): EventReader {
  const logOf = (tenant: string, run: string) => store.tables.events.get(keyOf(tenant, run)) ?? [];
  return {
    async read(tenant, run, after, limit) {
      const wanted = logOf(tenant, run).filter((event) => event.seq > after);
      return structuredClone(wanted.slice(0, limit));
    },
    async waitForNews(tenant, run, timeoutMs) {
      const before = logOf(tenant, run).length;
      for (let waited = 0; waited < timeoutMs; waited += LOOK_AGAIN_MS) {
        if (logOf(tenant, run).length !== before) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    },
  };
}

export function metricLogOf(store: MemoryStore): MetricWriter {
  return {
    async record(tenant, metrics) {
      await yieldTurn();
      for (const metric of metrics) {
        const key = keyOf(tenant, metric.id);
        if (!store.metrics.has(key)) store.metrics.set(key, structuredClone(metric));
      }
    },
  };
}

export function metricsOf(store: MemoryStore): MetricReader {
  return {
    async list(tenant, run, { phase }) {
      const own = ofTenant(store.metrics, tenant).filter((metric) => metric.runId === run);
      return structuredClone(own.filter((metric) => phase === undefined || metric.phase === phase));
    },
    async get(tenant, id) {
      return structuredClone(store.metrics.get(keyOf(tenant, id)) ?? null);
    },
  };
}
