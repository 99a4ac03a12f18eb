/** What a registry suite is given. */
import type { Ports } from '#core/ports/ports.ts';
import type { Change } from '#core/ports/registry-writer.ts';

export type RegistryPorts = Pick<
  Ports,
  | 'runs'
  | 'models'
  | 'corpora'
  | 'presets'
  | 'tenants'
  | 'keys'
  | 'quotas'
  | 'costs'
  | 'audit'
  | 'uploads'
  | 'webhooks'
  | 'registry'
  | 'events'
  | 'eventLog'
  | 'metrics'
  | 'metricLog'
>;

export interface RegistryWorld {
  readonly ports: RegistryPorts;
  close(): Promise<void>;
}

export type Commit = (changes: readonly Change[], tenant?: string) => Promise<void>;
