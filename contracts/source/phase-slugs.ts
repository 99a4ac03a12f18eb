/** The eight phases, in order. The slug is the name everywhere: files, keys, metrics, URLs. */
import * as z from 'zod';

export const PHASE_SLUGS = [
  'cognate',
  'evomerge',
  'quiet-star',
  'bitnet',
  'training',
  'baking',
  'deployment',
  'compression',
] as const;

export type PhaseSlug = (typeof PHASE_SLUGS)[number];
export const phaseSlug = z.enum(PHASE_SLUGS);
