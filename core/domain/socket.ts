/** Open event sockets: who is connected, which runs each follows, and what is said besides events. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { MOST_BYTES_OUT } from '#contracts/source/socket-frame.ts';
import { ForgeError } from './errors.ts';
import type { Ulid } from './ids.ts';
import type { Principal, Role } from './principal.ts';

/** API Gateway closes every connection after two hours; whoever forgot to say goodbye is forgotten by then. */
const LIFE_MS = 2 * 3600 * 1000;

export interface Connection {
  readonly schemaVersion: 1;
  readonly tenant: string;
  /** Given by the gateway, or by the server that holds the socket. */
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  readonly connectedAt: string;
  readonly expiresAt: string;
}

/** One run that a connection follows. A record of its own: a thousand connections of a run are written side by side. */
export interface Subscription {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly connection: string;
  readonly run: Ulid;
  /** Number of the last event that was handed to the connection. */
  readonly after: number;
  /** Until then one sender has the subscription for itself. */
  readonly claimedUntil: string | null;
  readonly expiresAt: string;
  readonly recordVersion: number;
}

export function newConnection({ tenant, subject, role }: Principal, id: string, now: Date): Connection {
  const expiresAt = new Date(now.getTime() + LIFE_MS).toISOString();
  return { schemaVersion: 1, tenant, id, subject, role, connectedAt: now.toISOString(), expiresAt };
}

export function newSubscription(
  { tenant, id, expiresAt }: Connection,
  run: Ulid,
  after: number,
): Subscription {
  const open = { claimedUntil: null, expiresAt, recordVersion: 1 };
  return { schemaVersion: 1, tenant, connection: id, run, after, ...open };
}

export function principalOf({ tenant, role, subject }: Connection): Principal {
  return { tenant, role, subject };
}

/** Frames that are no events: they have a type and never a number, so that no client takes them for one. */
export type ControlFrame =
  | { readonly type: 'subscribed' | 'behind'; readonly run: Ulid; readonly after: number }
  | { readonly type: 'resync'; readonly run: Ulid; readonly after: 0 }
  | { readonly type: 'unsubscribed' | 'end'; readonly run: Ulid }
  | { readonly type: 'pong' };

export const controlText = (frame: ControlFrame): string => JSON.stringify(frame);

const texts = new WeakMap<ForgeEvent, string>();

/** An event as it goes over the wire: its envelope. Data that are too long for a frame are fetched over HTTP. */
export function eventText(event: ForgeEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const whole = JSON.stringify(event);
  const fits = whole.length * 3 <= MOST_BYTES_OUT || new TextEncoder().encode(whole).length <= MOST_BYTES_OUT;
  const text = fits ? whole : JSON.stringify({ ...event, data: {}, truncated: true });
  texts.set(event, text);
  return text;
}

export function noSuchConnection(): ForgeError {
  return new ForgeError('not_found', 'This connection is not known here, or its two hours are over.', {
    code: 'connection_expired',
    hint: 'Connect again and subscribe after the last event that you have.',
  });
}
