/** Where to go on for a client that has an event number from before. */
import type { Ulid } from '../../domain/ids.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export interface ReplayStart {
  /** Number of the event after which to go on. */
  readonly after: number;
  /** The client's number is none of this log: what it has is not of this run, and it gets everything from the start. */
  readonly resync: boolean;
}

export async function findReplayStart(
  { events }: Pick<ReadPorts, 'events'>,
  { tenant, run, after }: { readonly tenant: string; readonly run: Ulid; readonly after: number },
): Promise<ReplayStart> {
  if (after === 0) return { after, resync: false };
  if (Number.isSafeInteger(after) && after > 0) {
    // Numbers have no gaps: the event itself is there, or the log never came so far.
    const [known] = await events.read(tenant, run, after - 1, 1);
    if (known?.seq === after) return { after, resync: false };
  }
  return { after: 0, resync: true };
}
