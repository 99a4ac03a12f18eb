/** Settings of every phase: the partial form that a run document holds, and the complete form that a job is given. */
import * as z from 'zod';
import type { PhaseSlug } from '../phase-slugs.ts';
import { cognateFields, cognateSettings } from './cognate.ts';

/** Phases whose settings come with a later release take none. */
const none = z.strictObject({});

export const phaseSettings = z.strictObject({
  cognate: cognateFields.partial().optional(),
  evomerge: none.optional(),
  'quiet-star': none.optional(),
  bitnet: none.optional(),
  training: none.optional(),
  baking: none.optional(),
  deployment: none.optional(),
  compression: none.optional(),
});

/** Complete settings per phase. */
export const SETTINGS: Readonly<Record<PhaseSlug, z.ZodType<Record<string, unknown>>>> = {
  cognate: cognateSettings,
  evomerge: none,
  'quiet-star': none,
  bitnet: none,
  training: none,
  baking: none,
  deployment: none,
  compression: none,
};

const FIELDS: Readonly<Record<PhaseSlug, z.ZodObject>> = {
  cognate: cognateFields,
  evomerge: none,
  'quiet-star': none,
  bitnet: none,
  training: none,
  baking: none,
  deployment: none,
  compression: none,
};

/** Looked up once: asking thirty fields for what they say of themselves costs more than all other settings work. */
const defaults = new Map<PhaseSlug, Readonly<Record<string, unknown>>>();

/** The default of each setting of a phase, as its field states it. */
export function defaultSettings(slug: PhaseSlug): Readonly<Record<string, unknown>> {
  const known = defaults.get(slug);
  if (known) return known;
  const shape = Object.entries(FIELDS[slug].shape as Record<string, z.ZodType>);
  const found = Object.freeze(Object.fromEntries(shape.map(([key, field]) => [key, field.meta()?.default])));
  defaults.set(slug, found);
  return found;
}
