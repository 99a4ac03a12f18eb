/** Remembers who is at the other end of a new connection: later frames bring no credentials. */
import type { Principal } from '../../domain/principal.ts';
import { requireRole } from '../../domain/principal.ts';
import { type Connection, newConnection } from '../../domain/socket.ts';
import type { EventSockets } from '../../ports/event-sockets.ts';

export async function openSocket(
  { connections, clock }: Pick<EventSockets, 'connections' | 'clock'>,
  principal: Principal,
  id: string,
): Promise<Connection> {
  requireRole(principal, 'viewer');
  const connection = newConnection(principal, id, clock.now());
  await connections.open(connection);
  return connection;
}
