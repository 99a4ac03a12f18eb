import type { NewEvent } from '../domain/event.ts';

export interface EventWriter {
  /** Appends in order; each run's numbers rise without gaps. An event whose key its run has already is dropped. */
  append(tenant: string, events: readonly NewEvent[]): Promise<void>;
}
