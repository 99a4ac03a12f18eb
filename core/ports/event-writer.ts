import type { NewEvent } from '../domain/event.ts';

export interface EventWriter {
  /** Appends in order; each run's numbers rise without gaps. Events whose key is known are dropped. */
  append(tenant: string, events: readonly NewEvent[]): Promise<void>;
}
