/** What the control verbs of a run take and answer. */
import * as z from 'zod';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { sha256, ulid } from '#contracts/source/scalars.ts';
import { CONTROL_VERBS } from '#core/application/queries/decide-phases.ts';

const from = phaseSlug
  .optional()
  .describe('From this phase on everything runs again, whatever its fingerprint says.');
const fresh = z.boolean().optional().describe('Begin at the first step even where there are checkpoints.');

export const retryBody = z.strictObject({ from, fresh }).meta({ id: 'Retry' });

const { name, phases, preset, input, seed, config, gates, labels } = runDocument.shape;

/** Without the document's defaults: what is left out stays as it is in the run that is forked. */
export const forkBody = z
  .strictObject({
    from,
    fresh,
    name: name.optional(),
    phases: phases.optional(),
    preset,
    input: input.optional(),
    seed: seed.unwrap().optional(),
    config: config.unwrap().optional(),
    gates: gates.unwrap().optional(),
    labels: labels.unwrap().optional(),
    checkpoint: z
      .string()
      .regex(/^([0-9]{1,10}|[0-9a-f]{8,64})$/, 'expected a step, or 8 to 64 digits of a SHA-256')
      .optional()
      .describe(
        'Go on from this checkpoint, under the new settings: a step, or the beginning of its SHA-256.',
      ),
    phase: phaseSlug.optional().describe('Whose checkpoint it is, where a step alone could mean several.'),
  })
  .meta({ id: 'Fork' });

export const decisions = z
  .object({
    verb: z.enum(CONTROL_VERBS),
    run: ulid,
    from: phaseSlug.nullable(),
    phases: z.array(
      z.object({
        phase: phaseSlug,
        decision: z.enum(['reuse', 'rerun']),
        reason: z.string(),
        differs: z.array(z.enum(['settings', 'inputs', 'code', 'seed', 'threads', 'gates', 'models'])),
        checkpoints: z.int().describe('How many checkpoints there are to go on from.'),
      }),
    ),
  })
  .meta({ id: 'Decisions', description: 'What a control verb reuses and what it runs again, and why.' });

export const checkpoint = z
  .object({
    phase: phaseSlug,
    stage: z.string(),
    index: z.int().nullable().describe('The job of the stage; null where it has a single one.'),
    step: z.int(),
    sha256: sha256.describe('Of its manifest; the first digits are a name for it.'),
    bytes: z.int(),
    metrics: z.record(z.string(), z.number()),
    best: z.boolean(),
    at: z.string(),
    takenBy: ulid.describe('The run that took it; another one where this run was forked or retried.'),
    there: z.boolean().describe('Whether all of its files are there.'),
  })
  .meta({ id: 'Checkpoint' });
