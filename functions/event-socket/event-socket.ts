/** The event socket behind a WebSocket API of API Gateway: connect, disconnect and every frame. */
import * as z from 'zod';
import { closeSocket } from '#core/application/commands/close-socket.ts';
import { type LevelLimits, levelSubscription } from '#core/application/commands/level-subscription.ts';
import { openSocket } from '#core/application/commands/open-socket.ts';
import { toForgeError } from '#core/domain/errors.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';
import { problemDocument } from '../shared/http-errors.ts';
import { telemetry } from '../shared/powertools.ts';
import { answerFrame, SOCKET_PATH } from './answer-frame.ts';
import { socketCredentials } from './socket-credentials.ts';

const texts = z.record(z.string(), z.string()).nullish();

const gatewayEvent = z.object({
  requestContext: z.object({
    routeKey: z.string(),
    eventType: z.enum(['CONNECT', 'DISCONNECT', 'MESSAGE']),
    connectionId: z.string().min(1).max(128),
  }),
  headers: texts,
  queryStringParameters: texts,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

type GatewayEvent = z.output<typeof gatewayEvent>;

export interface SocketFunctionPorts extends EventSockets {
  readonly authenticator: Authenticator;
}

/** API Gateway waits 29 seconds for an answer; a post takes some 10 ms. All runs of a ping share that. */
const limitsOf = (runs: number): LevelLimits => ({ claimSeconds: 30, mostEvents: Math.ceil(500 / runs) });

interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const OK: Answer = { statusCode: 200 };

export function createEventSocket(ports: SocketFunctionPorts): EventFunction {
  const { logger, count } = telemetry('event-socket');
  const onFault = (error: unknown) => {
    logger.error('a frame could not be answered', { error: error as Error });
    count('ServerError');
  };
  return eventFunction('event-socket', gatewayEvent, async (event) => {
    const { eventType, connectionId } = event.requestContext;
    if (eventType === 'CONNECT') return connect(ports, event, onFault);
    if (eventType === 'DISCONNECT') {
      await closeSocket(ports, connectionId);
      return OK;
    }
    const text = event.isBase64Encoded
      ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
      : (event.body ?? '');
    const { tenant, level } = await answerFrame(ports, connectionId, text, onFault);
    for (const run of level)
      await levelSubscription(ports, { tenant, run, connection: connectionId }, limitsOf(level.length));
    return OK;
  });
}

/** Whatever is answered here but a 2xx refuses the connection. */
async function connect(
  ports: SocketFunctionPorts,
  { requestContext: { connectionId }, headers, queryStringParameters }: GatewayEvent,
  onFault: (error: unknown) => void,
): Promise<Answer> {
  const sent = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const { credentials, protocol } = socketCredentials({
    authorization: sent.get('authorization'),
    protocols: sent.get('sec-websocket-protocol'),
    token: queryStringParameters?.token,
  });
  try {
    await openSocket(ports, await ports.authenticator.authenticate(credentials), connectionId);
    return protocol === undefined ? OK : { ...OK, headers: { 'Sec-WebSocket-Protocol': protocol } };
  } catch (thrown) {
    const error = toForgeError(thrown);
    if (error.facts.http >= 500) onFault(thrown);
    const body = JSON.stringify(problemDocument(error, SOCKET_PATH, connectionId));
    return { statusCode: error.facts.http, body };
  }
}
