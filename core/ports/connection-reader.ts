import type { Ulid } from '../domain/ids.ts';
import type { Connection, Subscription } from '../domain/socket.ts';

export interface ConnectionReader {
  /** Null for a connection that was never opened, was closed, or has expired by `now`. */
  connection(id: string, now: string): Promise<Connection | null>;
  /** The runs that a connection follows, sorted. */
  followed(connection: string): Promise<readonly Ulid[]>;
  subscription(tenant: string, run: Ulid, connection: string): Promise<Subscription | null>;
  /** The subscriptions of a run in pages, at least one, sorted by connection. */
  followers(tenant: string, run: Ulid): AsyncIterable<readonly Subscription[]>;
}
