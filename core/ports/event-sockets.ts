/** What answering sockets and pushing events to them needs. */
import type { Clock } from './clock.ts';
import type { ConnectionReader } from './connection-reader.ts';
import type { ConnectionWriter } from './connection-writer.ts';
import type { EventReader } from './event-reader.ts';
import type { RunReader } from './run-reader.ts';
import type { SocketSender } from './socket-sender.ts';

export interface EventSockets {
  readonly connections: ConnectionReader & ConnectionWriter;
  readonly sender: SocketSender;
  readonly events: EventReader;
  readonly runs: RunReader;
  readonly clock: Clock;
}
