import type { ForgeEvent } from '#contracts/source/event.ts';

/** Which event did not get onto the bus, and why. */
export interface Undelivered {
  readonly event: ForgeEvent;
  readonly reason: string;
}

export interface EventBus {
  /** Puts events on the bus, in order. What came back is not on it and may be put again; the rest is. */
  publish(events: readonly ForgeEvent[]): Promise<readonly Undelivered[]>;
}
