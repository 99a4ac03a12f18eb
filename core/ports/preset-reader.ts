import type { Preset } from '../domain/preset.ts';

export interface PresetReader {
  get(tenant: string, name: string): Promise<Preset | null>;
  list(tenant: string): Promise<readonly Preset[]>;
}
