import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

export interface CodeReader {
  /** SHA-256 of the code that jobs of a phase run now, as their results state it; null where nobody can say. */
  hash(phase: PhaseSlug): Promise<string | null>;
}
