/** Settings of every phase: the partial form that a run document holds, and the complete form that a job is given. */
import * as z from 'zod';
import { PHASE_SLUGS, type PhaseSlug } from '../phase-slugs.ts';
import { bakingFields, bakingSettings } from './baking.ts';
import { bitnetFields, bitnetSettings } from './bitnet.ts';
import { cognateFields, cognateSettings } from './cognate.ts';
import { compressionFields, compressionSettings } from './compression.ts';
import { deploymentFields, deploymentSettings } from './deployment.ts';
import { evomergeFields, evomergeSettings } from './evomerge.ts';
import { quietStarFields, quietStarSettings } from './quiet-star.ts';
import { trainingFields, trainingSettings } from './training.ts';

interface PhaseSettings {
  /** Each setting for itself, with its default. */
  readonly fields: z.ZodObject;
  /** The fields with the rules that bind one to another. */
  readonly complete: z.ZodType<Record<string, unknown>>;
}

/** A phase's settings are added here and nowhere else; all below follows from it. */
const PHASE_SETTINGS = {
  cognate: { fields: cognateFields, complete: cognateSettings },
  evomerge: { fields: evomergeFields, complete: evomergeSettings },
  'quiet-star': { fields: quietStarFields, complete: quietStarSettings },
  bitnet: { fields: bitnetFields, complete: bitnetSettings },
  training: { fields: trainingFields, complete: trainingSettings },
  baking: { fields: bakingFields, complete: bakingSettings },
  deployment: { fields: deploymentFields, complete: deploymentSettings },
  compression: { fields: compressionFields, complete: compressionSettings },
} satisfies Record<PhaseSlug, PhaseSettings>;

function perPhase<Value>(value: (settings: PhaseSettings) => Value): Readonly<Record<PhaseSlug, Value>> {
  return Object.fromEntries(PHASE_SLUGS.map((slug) => [slug, value(PHASE_SETTINGS[slug])])) as Record<
    PhaseSlug,
    Value
  >;
}

type PartialFields = {
  [Slug in PhaseSlug]: z.ZodOptional<z.ZodType<Partial<z.output<(typeof PHASE_SETTINGS)[Slug]['fields']>>>>;
};

/** What a run document may say: any of a phase's settings, of any phases. */
export const phaseSettings = z.strictObject(
  perPhase(({ fields }) => fields.partial().optional()) as unknown as PartialFields,
);

/** Complete settings per phase. */
export const SETTINGS = perPhase(({ complete }) => complete);

/** Looked up once: asking thirty fields for what they say of themselves costs more than all other settings work. */
const defaults = new Map<PhaseSlug, Readonly<Record<string, unknown>>>();

/** The default of each setting of a phase, as its field states it. */
export function defaultSettings(slug: PhaseSlug): Readonly<Record<string, unknown>> {
  const known = defaults.get(slug);
  if (known) return known;
  const shape = Object.entries(PHASE_SETTINGS[slug].fields.shape as Record<string, z.ZodType>);
  const found = Object.freeze(Object.fromEntries(shape.map(([key, field]) => [key, field.meta()?.default])));
  defaults.set(slug, found);
  return found;
}
