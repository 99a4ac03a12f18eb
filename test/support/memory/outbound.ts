/** What would have been sent, and answers of the test's choice. The guard itself is tested on real connections. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Outbound, OutboundRequest } from '#core/ports/outbound.ts';

export interface MemoryOutbound extends Outbound {
  readonly sent: OutboundRequest[];
  /** Status of the next answers; null: nobody answers. */
  status: number | null;
}

export function memoryOutbound(): MemoryOutbound {
  const outbound: MemoryOutbound = {
    sent: [],
    status: 204,
    async requireAllowed(url) {
      if (url.startsWith('https://')) return;
      throw new ForgeError('validation', 'The address may not be called.', { code: 'url_not_allowed' });
    },
    async post(request) {
      outbound.sent.push(request);
      if (outbound.status === null) throw new ForgeError('dependency', 'Nobody answered in time.');
      return outbound.status;
    },
  };
  return outbound;
}
