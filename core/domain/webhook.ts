/** Webhooks: who is told of which events, and each message on its way to one of them. */
import { EVENT_TYPES, type EventType, FINAL_EVENT_TYPES } from '#contracts/source/event-types.ts';
import type { Ulid } from './ids.ts';

/** Lifecycle events; figures of progress come by the thousand and belong into the event stream. */
export const WEBHOOK_EVENTS: readonly EventType[] = EVENT_TYPES.filter((type) => /^[A-Z]/.test(type));
export const DEFAULT_EVENTS: readonly EventType[] = FINAL_EVENT_TYPES;
/** What a test delivery is called; no event of any run. */
export const TEST_TYPE = 'WebhookTest';

export const MAX_WEBHOOKS = 50;

export interface Webhook {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  readonly url: string;
  readonly events: readonly EventType[];
  /** False once too many attempts in a row have failed. */
  readonly active: boolean;
  /** Failed attempts since the last one that went well. */
  readonly failures: number;
  readonly disabledAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly recordVersion: number;
}

export interface Delivery {
  readonly schemaVersion: 1;
  readonly tenant: string;
  /** The same for every attempt, and for every time that the same event is announced. */
  readonly id: Ulid;
  readonly webhookId: Ulid;
  readonly type: string;
  /** Null for a test. */
  readonly run: Ulid | null;
  /** The very text that is signed and sent. */
  readonly body: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  /** When it is tried next; for one that is being tried, when somebody else may. Null once it is settled. */
  readonly nextAttemptAt: string | null;
  /** What came of the last attempt, in words. */
  readonly outcome: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** It may be forgotten after this. */
  readonly expiresAt: string;
  readonly recordVersion: number;
}

/** Nobody else tries a delivery for so long after somebody began: far longer than an attempt may take. */
export const LEASE_MS = 60_000;
/** After so many failed attempts in a row a webhook is disabled. */
export const MOST_FAILURES = 25;
/** With the delays below: over 8 to 16 hours. */
export const MOST_ATTEMPTS = 9;
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const FIRST_DELAY_MS = 10_000;
const GROWTH = 4;
const LONGEST_DELAY_MS = 6 * 60 * 60 * 1000;

/** @param chance from 0 to 1: half of each delay is left to it, so that what failed together is not repeated together */
export function retryDelayMs(attempts: number, chance: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * GROWTH ** (attempts - 1));
  return Math.round(delay * (0.5 + 0.5 * chance));
}

export function newDelivery(
  facts: Pick<Delivery, 'tenant' | 'id' | 'webhookId' | 'type' | 'run' | 'body'>,
  now: Date,
): Delivery {
  const at = now.toISOString();
  return {
    schemaVersion: 1,
    ...facts,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: at,
    outcome: null,
    createdAt: at,
    updatedAt: at,
    expiresAt: new Date(now.getTime() + KEPT_MS).toISOString(),
    recordVersion: 1,
  };
}

/** Taken by somebody who is about to try it. */
export function claimed(delivery: Delivery, now: Date): Delivery {
  return {
    ...delivery,
    attempts: delivery.attempts + 1,
    nextAttemptAt: new Date(now.getTime() + LEASE_MS).toISOString(),
    updatedAt: now.toISOString(),
    recordVersion: delivery.recordVersion + 1,
  };
}

/** How an attempt ended; `final` leaves it at that. */
export interface AttemptEnd {
  readonly ok: boolean;
  readonly outcome: string;
  readonly final?: boolean;
}

export function settled(delivery: Delivery, end: AttemptEnd, now: Date, chance: number): Delivery {
  const after = {
    outcome: end.outcome,
    updatedAt: now.toISOString(),
    recordVersion: delivery.recordVersion + 1,
  };
  if (end.ok) return { ...delivery, ...after, status: 'delivered', nextAttemptAt: null };
  if (end.final || delivery.attempts >= MOST_ATTEMPTS)
    return { ...delivery, ...after, status: 'failed', nextAttemptAt: null };
  const next = new Date(now.getTime() + retryDelayMs(delivery.attempts, chance));
  return { ...delivery, ...after, nextAttemptAt: next.toISOString() };
}

/** The webhook after an attempt; the very same one where nothing about it changes. */
export function counted(webhook: Webhook, ok: boolean, at: string): Webhook {
  if (ok && webhook.active && webhook.failures === 0) return webhook;
  const after = { updatedAt: at, recordVersion: webhook.recordVersion + 1 };
  if (ok) return { ...webhook, ...after, active: true, failures: 0, disabledAt: null };
  const failures = webhook.failures + 1;
  const disabled = webhook.active && failures >= MOST_FAILURES;
  return { ...webhook, ...after, failures, ...(disabled ? { active: false, disabledAt: at } : {}) };
}
