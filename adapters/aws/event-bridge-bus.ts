/** The event bus over Amazon EventBridge. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { EventBus, Undelivered } from '#core/ports/event-bus.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking } from './service-failure.ts';

const SERVICE = 'EventBridge';

/** What rules match by; the detail type is the type of the event. */
export const EVENT_SOURCE = 'agent-forge';

/** Limits of one PutEvents: entries, and bytes of all of them together. */
const ENTRIES = 10;
const BYTES = 256 * 1024;
/** The time stamp of an entry counts as this many bytes. */
const TIME_BYTES = 14;

export const eventBridgeClient = (config?: ClientConfig): EventBridgeClient =>
  new EventBridgeClient(clientConfig(config));

interface Entry {
  readonly event: ForgeEvent;
  readonly request: PutEventsRequestEntry;
  readonly bytes: number;
}

/** As many in a row as one request takes; one that is too big for any request goes alone and comes back refused. */
function batches(entries: readonly Entry[]): Entry[][] {
  const found: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = found.at(-1);
    if (!last || last.length === ENTRIES || bytes + entry.bytes > BYTES) {
      found.push([entry]);
      bytes = entry.bytes;
    } else {
      last.push(entry);
      bytes += entry.bytes;
    }
  }
  return found;
}

export function eventBridgeBus(client: EventBridgeClient, bus: string): EventBus {
  const entryOf = (event: ForgeEvent): Entry => {
    const Detail = JSON.stringify(event);
    const Source = EVENT_SOURCE;
    const bytes = Buffer.byteLength(Detail) + Source.length + event.type.length + TIME_BYTES;
    const Time = new Date(event.at);
    return { event, request: { EventBusName: bus, Source, DetailType: event.type, Time, Detail }, bytes };
  };
  const put = async (batch: readonly Entry[]): Promise<readonly Undelivered[]> => {
    const [first] = batch;
    if (first && first.bytes > BYTES)
      return [{ event: first.event, reason: `EntryTooLarge: ${first.bytes} bytes, at most ${BYTES}` }];
    const command = new PutEventsCommand({ Entries: batch.map(({ request }) => request) });
    const { Entries = [] } = await asking(SERVICE, () => client.send(command));
    // Answers stand in the order of what was asked; one with a code did not get onto the bus.
    return batch.flatMap(({ event }, position): Undelivered[] => {
      const { ErrorCode, ErrorMessage } = Entries[position] ?? {};
      return ErrorCode === undefined ? [] : [{ event, reason: `${ErrorCode}: ${ErrorMessage ?? ''}` }];
    });
  };
  return {
    async publish(events) {
      const undelivered: Undelivered[] = [];
      for (const batch of batches(events.map(entryOf))) undelivered.push(...(await put(batch)));
      return undelivered;
    },
  };
}
