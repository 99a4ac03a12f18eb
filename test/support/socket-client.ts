/** A client of the event socket, as docs/events.md describes one: keeps the numbers that it has, drops what it knows. */
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: a test reads any frame; what it reads is asserted.
export type Frame = any;

export interface SocketClient {
  readonly socket: WebSocket;
  /** Every frame in the order of its arrival. */
  readonly frames: Frame[];
  say(frame: unknown): void;
  /** Resolves with the first frame, now or later, that is wanted; rejects when the socket ends before. */
  next(wanted: (frame: Frame) => boolean): Promise<Frame>;
  seqs(): readonly number[];
}

/** Resolves when the socket is open; rejects with what refused it. */
export function openSocketClient(url: string, token: string, options: object = {}): Promise<SocketClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), ['forge.v1', `bearer.${token}`], options);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const look = () => {
    for (const each of [...waiting]) each();
  };
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    look();
  });
  socket.on('close', () => {
    ended = true;
    look();
  });
  const next: SocketClient['next'] = (wanted) =>
    new Promise((resolve, reject) => {
      const attempt = () => {
        const found = frames.find(wanted);
        if (found === undefined && !ended) return;
        waiting.delete(attempt);
        if (found !== undefined) resolve(found);
        else
          reject(new Error(`the socket ended before ${wanted}; it said ${JSON.stringify(frames.slice(-3))}`));
      };
      waiting.add(attempt);
      attempt();
    });
  const client: SocketClient = {
    socket,
    frames,
    next,
    say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    seqs: () => frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq])),
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
  });
}

/** The status with which an upgrade was refused. */
export function refusal(error: Error): string {
  return error.message.replace('Unexpected server response: ', '');
}
