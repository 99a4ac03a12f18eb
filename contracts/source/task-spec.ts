/** task.json: everything one job needs to know; its address is the job's only argument. */
import * as z from 'zod';
import { phaseSlug } from './phase-slugs.ts';
import { modelFile } from './result-manifest.ts';
import { count, name, schemaVersion, seed, sha256, ulid, uri } from './scalars.ts';

export const taskInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('corpus'), name, corpusId: z.string(), uri, sha256, bytes: count }),
  z.strictObject({
    kind: z.literal('model'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'expected the name of a registered model')
      .describe('Name of the run and name of the model within it, joined by a dash.'),
    role: z.string().max(32).describe('What the model is in the lineage: `base`, `variant`, ...'),
    modelId: ulid,
    files: z.array(modelFile).min(1),
  }),
  z.strictObject({
    kind: z.literal('stage'),
    name,
    uri: uri
      .nullable()
      .describe(
        'Output prefix of a stage, with a final slash; null where it is the round before and there is none.',
      ),
  }),
]);

export const stage = z.strictObject({
  name,
  kind: z.enum(['single', 'array', 'reduce']),
  size: z.int().min(1).max(10_000),
  round: count
    .nullable()
    .optional()
    .describe('Which round of a repeated stage, from 0; null where a stage runs once.'),
});

export const taskSpec = z
  .strictObject({
    schemaVersion,
    tenant: name,
    runId: ulid,
    execution: z.string().max(80),
    phaseAttempt: z
      .int()
      .min(1)
      .optional()
      .describe('Which start of the phase the task was written for: the jobs of a later one take over.'),
    phase: phaseSlug,
    stage,
    config: z.record(z.string(), z.unknown()).describe('Resolved phase settings: every key present.'),
    inputs: z.array(taskInput).max(1000),
    output: uri,
    checkpoints: uri,
    blobs: uri,
    seed,
    threads: z.int().min(1).max(256),
    limits: z.strictObject({
      timeoutSeconds: z.int().min(1),
      checkpointSeconds: z.int().min(1),
      checkpointSteps: z
        .int()
        .min(1)
        .optional()
        .describe('Most steps between two checkpoints; without it the seconds alone decide.'),
      leaseSeconds: z
        .int()
        .min(1)
        .optional()
        .describe('How long the job may go without progress; without it nothing watches.'),
    }),
    reuse: z
      .boolean()
      .optional()
      .describe('True where a successful result that lies there already answers this very task.'),
    resumeFrom: z
      .array(
        z.strictObject({
          index: count.nullable().describe('The job of the stage; null where it has a single one.'),
          step: count,
          sha256: sha256.describe('Of the checkpoint manifest below the checkpoint prefix.'),
          acceptSettings: z
            .boolean()
            .describe('Whether the job may go on from it though settings, seed or threads were other ones.'),
        }),
      )
      .max(10_000)
      .optional()
      .describe('Where the jobs begin: the checkpoints of another run that this one was forked from.'),
  })
  .meta({ id: 'task-spec', title: 'Task spec' });

export type TaskSpec = Readonly<z.output<typeof taskSpec>>;
export type TaskInput = z.output<typeof taskInput>;
export type StageSpec = z.output<typeof stage>;
