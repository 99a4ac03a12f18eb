/** Puts the domain events of the log onto the bus: the log is the outbox, and the table's stream says what is new. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { isDomainEvent } from '#contracts/source/event-types.ts';
import type { EventBus } from '#core/ports/event-bus.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';
import { telemetry } from '../shared/powertools.ts';
import { streamEvent } from '../shared/stream-event.ts';

export interface RelayPorts {
  readonly bus: EventBus;
  /** The event that an image of the stream holds; null where it holds another kind of record. */
  readonly eventOf: (image: Readonly<Record<string, unknown>>) => Promise<ForgeEvent | null>;
}

interface Sighting {
  readonly sequence: string;
  readonly event: ForgeEvent;
}

/**
 * At least once and in order: from the first record on that did not get onto the bus, the stream delivers again.
 * A subscriber tells repeated events apart by run and number.
 */
export function createRelayEvents(ports: RelayPorts): EventFunction {
  const { logger, count } = telemetry('relay-events');
  return eventFunction('relay-events', streamEvent, async ({ Records }) => {
    const sightings: Sighting[] = [];
    let failed: string | null = null;
    for (const { dynamodb } of Records) {
      try {
        const found = dynamodb.NewImage ? await ports.eventOf(dynamodb.NewImage) : null;
        if (found && isDomainEvent(found.type))
          sightings.push({ sequence: dynamodb.SequenceNumber, event: found });
      } catch (error) {
        logger.error('a record of the stream cannot be read', { error: error as Error });
        failed = dynamodb.SequenceNumber;
        break;
      }
    }
    const undelivered = await ports.bus.publish(sightings.map((sighting) => sighting.event));
    for (const { event: lost, reason } of undelivered) {
      const { run, seq } = lost;
      logger.error('an event did not get onto the bus', { correlation_id: run, seq, reason });
      count('EventNotRelayed');
    }
    const first = sightings.find(({ event: each }) => undelivered.some((lost) => lost.event === each));
    const from = first?.sequence ?? failed;
    return { batchItemFailures: from === null ? [] : [{ itemIdentifier: from }] };
  });
}
