/** The run document: what a user submits, as YAML or JSON. Unknown keys are refused. */
import * as z from 'zod';
import { runBudget, runCompute } from './compute.ts';
import { PHASE_SLUGS, phaseSlug } from './phase-slugs.ts';
import { phaseSettings } from './phases/settings.ts';
import { name, seed } from './scalars.ts';

/** Integers 1-8 are accepted and resolved to slugs. */
const phaseReference = z.union([phaseSlug, z.int().min(1).max(PHASE_SLUGS.length)], {
  error: `expected a phase slug (${PHASE_SLUGS.join(', ')}) or a whole number from 1 to 8`,
});

export const gateRow = z.strictObject({
  phase: phaseSlug,
  metric: z.string().min(1).max(200).describe('Metric name, `<subject>/<measure>`.'),
  op: z.enum(['<', '<=', '>', '>=']),
  bound: z
    .union([
      z.number(),
      z.strictObject({ metric: z.string().min(1).max(200), factor: z.number().optional() }),
    ])
    .describe('A number, or another metric of the same phase, optionally times a factor.'),
  onFailure: z
    .enum(['report', 'fail'])
    .default('report')
    .describe('Show the failed verdict, or fail the phase.'),
});

export const runInput = z.strictObject({
  corpus: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Corpus to train and measure on: id, name or name@hash prefix.'),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Model to start from: id, name, name@version, name@latest or an alias such as name@best.'),
  models: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(1000)
    .optional()
    .describe('Several models to start from, such as the parents of a merge; instead of `model`.'),
});

export const runDocument = z
  .strictObject({
    apiVersion: z.literal('forge/v1'),
    kind: z.literal('Run').default('Run'),
    name: name,
    phases: z
      .array(phaseReference)
      .min(1)
      .max(PHASE_SLUGS.length)
      .describe('The phases to run, in order and without gaps: slugs or numbers 1 to 8.'),
    preset: name.optional().describe('Named settings that `config` overrides; see `forge presets list`.'),
    input: runInput,
    seed: seed.default(1),
    config: phaseSettings.default({}).describe('Settings per phase; what is left out takes its default.'),
    gates: z.array(gateRow).max(100).default([]).describe('Gates on top of the ones each phase brings.'),
    compute: runCompute.optional().describe('Where its phases may run; see docs/burst.md.'),
    budget: runBudget.optional().describe('What it may cost, and until when it should have ended.'),
    labels: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/), z.string().max(200))
      .default({})
      .describe('Free labels, shown and searchable, never interpreted.'),
  })
  .meta({ id: 'run', title: 'Agent Forge run document' });

export type RunDocument = z.output<typeof runDocument>;
export type RunDocumentInput = z.input<typeof runDocument>;
export type GateRow = z.output<typeof gateRow>;
