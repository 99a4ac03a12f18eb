/** A preset: named settings per phase that a run document can start from. */
import presetFile from '#contracts/presets.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

export interface Preset {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly name: string;
  readonly description: string;
  readonly config: Readonly<Partial<Record<PhaseSlug, Readonly<Record<string, unknown>>>>>;
  /** Built-in presets ship with the release and cannot be changed. */
  readonly builtIn: boolean;
  readonly updatedAt: string;
  readonly recordVersion: number;
}

/** The presets that ship with the release; they are the same for every tenant and are in no store. */
export function builtInPresets(tenant: string): readonly Preset[] {
  return presetFile.presets.map((preset) => ({
    schemaVersion: 1,
    tenant,
    name: preset.name,
    description: preset.description,
    config: preset.config,
    builtIn: true,
    updatedAt: '2026-11-23T00:00:00.000Z',
    recordVersion: 1,
  }));
}
