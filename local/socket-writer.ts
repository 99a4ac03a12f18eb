/** Writing to one client's socket: as fast as it reads, and holding no more for it than a bound. */
import type { WebSocket } from 'ws';

/** Bytes that may wait for one client; with more, its events wait in the log instead. */
const MOST_WAITING = 1024 * 1024;
/** States of a WebSocket, as the standard numbers them. */
const OPEN = 1;

export interface LiveSocket {
  readonly socket: WebSocket;
  /** Resolves when more may be sent; false when the client is gone. */
  send(text: string): Promise<boolean>;
  /** Whether the client has been heard of since the last time that this was asked; asks it for a sign of life. */
  isAlive(): boolean;
}

export function liveSocket(socket: WebSocket): LiveSocket {
  let heard = true;
  socket.on('pong', () => {
    heard = true;
  });
  return {
    socket,
    send(text) {
      if (socket.readyState !== OPEN) return Promise.resolve(false);
      if (socket.bufferedAmount <= MOST_WAITING) {
        // A failed write closes the socket, which is seen at the next one.
        socket.send(text);
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        socket.send(text, (error) => resolve(!error));
      });
    },
    isAlive() {
      const was = heard;
      heard = false;
      if (was && socket.readyState === OPEN) socket.ping();
      return was;
    },
  };
}
