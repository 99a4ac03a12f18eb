/** Tells the sockets that follow a run what is new: the table's stream says when to look, the log says what they lack. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { LevelLimits } from '#core/application/commands/level-subscription.ts';
import { pushRun } from '#core/application/commands/push-run.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';
import { telemetry } from '../shared/powertools.ts';
import { streamEvent } from '../shared/stream-event.ts';

export interface PushPorts extends EventSockets {
  /** The event that an image of the stream holds; null where it holds another kind of record. */
  readonly eventOf: (image: Readonly<Record<string, unknown>>) => Promise<ForgeEvent | null>;
}

const LIMITS: LevelLimits = { claimSeconds: 30, mostEvents: 500 };

interface News {
  readonly tenant: string;
  readonly run: string;
  /** Of the first record of the run: from there on the stream delivers again what failed. */
  readonly sequence: string;
}

/** Delivered twice, a record finds every connection level already and sends nothing. */
export function createPushEvents(ports: PushPorts): EventFunction {
  const { logger, count } = telemetry('push-events');
  return eventFunction('push-events', streamEvent, async ({ Records }) => {
    const runs = new Map<string, News>();
    for (const { dynamodb } of Records) {
      const event = dynamodb.NewImage ? await ports.eventOf(dynamodb.NewImage) : null;
      if (!event) continue;
      const { tenant, run } = event;
      const name = `${tenant}/${run}`;
      if (!runs.has(name)) runs.set(name, { tenant, run, sequence: dynamodb.SequenceNumber });
    }
    let failed: string | null = null;
    for (const { tenant, run, sequence } of runs.values()) {
      for (const error of await pushRun(ports, { tenant, run }, LIMITS)) {
        logger.error('a socket was not reached', { correlation_id: run, error: error as Error });
        count('SocketNotReached');
        failed ??= sequence;
      }
    }
    return { batchItemFailures: failed === null ? [] : [{ itemIdentifier: failed }] };
  });
}
