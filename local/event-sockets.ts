/** The event socket of the local server: the frames and use cases of API Gateway's, over `ws` on the server's own port. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { memoryConnections } from '#adapters/local/memory-connections.ts';
import { MOST_BYTES_OUT, SOCKET_PROTOCOL } from '#contracts/source/socket-frame.ts';
import { closeSocket } from '#core/application/commands/close-socket.ts';
import { openSocket } from '#core/application/commands/open-socket.ts';
import { ForgeError, toForgeError } from '#core/domain/errors.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';
import { answerFrame, SOCKET_PATH } from '#functions/event-socket/answer-frame.ts';
import { socketCredentials } from '#functions/event-socket/socket-credentials.ts';
import { problemDocument } from '#functions/shared/http-errors.ts';
import { requireOwnHost } from './host-guard.ts';
import { runWatch } from './run-watch.ts';
import { type LiveSocket, liveSocket } from './socket-writer.ts';

const HEARTBEAT_MS = 30_000;
const MOST_SOCKETS = 5000;
/** WebSocket close codes, RFC 6455 section 7.4.1. */
const GOING_AWAY = 1001;

export interface EventSocketOptions {
  readonly ports: Pick<EventSockets, 'events' | 'runs' | 'clock'>;
  readonly authenticator: Authenticator;
  /** Resolves when requests may be answered. */
  readonly opened: Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** @default 30 s */
  readonly heartbeatMs?: number;
}

export interface LocalSockets {
  /** Ends every socket. */
  close(): void;
}

/** Answers what asks to become a WebSocket on this server. */
export function eventSockets(server: Server, options: EventSocketOptions): LocalSockets {
  const live = new Map<string, LiveSocket>();
  const ports: EventSockets = {
    ...options.ports,
    connections: memoryConnections(),
    sender: { send: async (connection, text) => (await live.get(connection)?.send(text)) ?? false },
  };
  const watch = runWatch(ports, options.onFault);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // What API Gateway cuts off; what is shorter and too long for us is answered.
    maxPayload: MOST_BYTES_OUT,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
  const accept = async (socket: WebSocket, principal: Principal) => {
    const id = randomUUID();
    const own = liveSocket(socket);
    live.set(id, own);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      live.delete(id);
      void closeSocket(ports, id);
    });
    const hear = hearing(ports, id, watch.level, options.onFault);
    socket.on('message', (data) => void hear(socket, data));
    await openSocket(ports, principal, id);
  };
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    admit(request, options, live.size)
      .then((principal) => {
        sockets.handleUpgrade(request, socket, head, (webSocket) => {
          accept(webSocket, principal).catch((error: unknown) => {
            options.onFault(error);
            webSocket.terminate();
          });
        });
      })
      .catch((error: unknown) => refuse(socket, error, options.onFault));
  });
  const beat = setInterval(() => heartbeat(ports, live), options.heartbeatMs ?? HEARTBEAT_MS).unref();
  return {
    close() {
      clearInterval(beat);
      watch.stop();
      for (const { socket } of live.values()) socket.terminate();
    },
  };
}

/** @throws ForgeError that refuses the upgrade */
async function admit(
  request: IncomingMessage,
  { opened, authenticator }: EventSocketOptions,
  open: number,
): Promise<Principal> {
  const { host, origin, authorization } = request.headers;
  requireOwnHost(host, origin);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== SOCKET_PATH) {
    throw new ForgeError('not_found', `There is no socket at ${pathname.slice(0, 80)}.`, {
      code: 'no_such_route',
      hint: `Connect to ${SOCKET_PATH}.`,
    });
  }
  if (open >= MOST_SOCKETS) {
    throw new ForgeError('limit', `${MOST_SOCKETS} sockets are open, which is all that there may be.`, {
      code: 'too_many_sockets',
    });
  }
  await opened;
  const { credentials } = socketCredentials({
    authorization,
    protocols: request.headers['sec-websocket-protocol'],
    token: searchParams.get('token') ?? undefined,
  });
  return authenticator.authenticate(credentials);
}

function refuse(socket: Duplex, thrown: unknown, onFault: (error: unknown) => void): void {
  const error = toForgeError(thrown);
  const { http } = error.facts;
  if (http >= 500) onFault(thrown);
  const body = JSON.stringify(problemDocument(error, SOCKET_PATH, randomUUID()));
  socket.end(
    [
      `HTTP/1.1 ${http} ${STATUS_CODES[http]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** Frames of one client one after the other; it is not read from while one is answered. */
function hearing(
  ports: EventSockets,
  id: string,
  level: (follower: { tenant: string; run: string; connection: string }) => void,
  onFault: (error: unknown) => void,
): (socket: WebSocket, data: RawData) => Promise<void> {
  let heard: Promise<void> = Promise.resolve();
  return (socket, data) => {
    socket.pause();
    heard = heard
      .then(async () => {
        const answered = await answerFrame(ports, id, String(data), onFault);
        for (const run of answered.level) level({ tenant: answered.tenant, run, connection: id });
      })
      .catch(onFault)
      .finally(() => socket.resume());
    return heard;
  };
}

/** Whoever did not answer the last ping is gone; whoever is here for two hours has to show again who it is. */
function heartbeat({ connections, clock }: EventSockets, live: ReadonlyMap<string, LiveSocket>): void {
  const now = clock.now().toISOString();
  for (const [id, { socket, isAlive }] of live) {
    if (!isAlive()) {
      socket.terminate();
      continue;
    }
    void connections.connection(id, now).then((known) => {
      if (!known) socket.close(GOING_AWAY, 'the two hours are over: connect again');
    });
  }
}
