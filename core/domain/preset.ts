/** A preset: named settings per phase that a run document can start from. */
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
