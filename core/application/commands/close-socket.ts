/** Forgets a connection, whether its client said goodbye or was found to be gone. */
import type { EventSockets } from '../../ports/event-sockets.ts';

export function closeSocket({ connections }: Pick<EventSockets, 'connections'>, id: string): Promise<void> {
  return connections.close(id);
}
