/** What it takes to tell others of events; where nothing is sent, nobody provides it. */
import type { Outbound } from './outbound.ts';

export interface Sending {
  readonly outbound: Outbound;
  readonly webhookKey: {
    /** The secret that the secrets of all webhooks are derived from. It never leaves the control plane. */
    read(): Promise<string>;
  };
}
