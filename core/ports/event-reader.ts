import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Ulid } from '../domain/ids.ts';

export interface EventReader {
  /** Events with a number above `after`, in order, at most `limit`. */
  read(tenant: string, run: Ulid, after: number, limit: number): Promise<readonly ForgeEvent[]>;
  /** Resolves when something new may be there, or after the time. */
  waitForNews(tenant: string, run: Ulid, timeoutMs: number): Promise<void>;
}
