import type { Ulid } from '../domain/ids.ts';
import type { Delivery, Webhook } from '../domain/webhook.ts';
import type { Page, PageRequest } from './run-reader.ts';

export interface WebhookReader {
  get(tenant: string, id: Ulid): Promise<Webhook | null>;
  /** All of a tenant, newest first: there are few. */
  list(tenant: string): Promise<readonly Webhook[]>;
  delivery(tenant: string, webhook: Ulid, id: Ulid): Promise<Delivery | null>;
  deliveries(tenant: string, webhook: Ulid, page: PageRequest): Promise<Page<Delivery>>;
  /** Pending deliveries whose time has come, the longest waiting first. */
  due(tenant: string, now: string, limit: number): Promise<readonly Delivery[]>;
}
