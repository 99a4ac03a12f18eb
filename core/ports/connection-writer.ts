import type { Ulid } from '../domain/ids.ts';
import type { Connection, Subscription } from '../domain/socket.ts';

export interface ConnectionWriter {
  open(connection: Connection): Promise<void>;
  /** Forgets a connection and all that it followed; one that is not there is no error. */
  close(id: string): Promise<void>;
  /**
   * Writes a subscription over the version that was seen; `null` where there was none.
   *
   * @returns false when there is another version by now: then nothing was written.
   */
  save(subscription: Subscription, expected: number | null): Promise<boolean>;
  /** Forgets a subscription; one that is not there is no error. */
  drop(tenant: string, run: Ulid, connection: string): Promise<void>;
}
