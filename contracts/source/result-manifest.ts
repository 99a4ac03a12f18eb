/** result.json: the answer of one job, written last. */
import * as z from 'zod';
import { architecture } from './architecture.ts';
import { metricRecord } from './metric-record.ts';
import { phaseSlug } from './phase-slugs.ts';
import { properties } from './properties.ts';
import { count, schemaVersion, sha256, timestamp, ulid, uri } from './scalars.ts';

/** A path inside a model folder: plain segments, no dots that climb, no separators of other systems. */
export const relativePath = z
  .string()
  .max(300)
  .regex(
    /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/,
    'expected a plain relative path',
  );

export const modelFile = z.strictObject({ path: relativePath, uri, sha256, bytes: count });

export const modelParent = z.strictObject({
  name: z.string().max(64).nullable().describe('Name of a model of the same phase.'),
  modelId: ulid.nullable().describe('Id of a registered model.'),
  relation: z.enum([
    'continued-from',
    'merged-from',
    'quantised-from',
    'baked-from',
    'compressed-from',
    'deployed-from',
  ]),
  weight: z.number(),
});

export const producedModel = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  role: z.string().max(32),
  files: z.array(modelFile).min(1).max(1000),
  architecture,
  properties,
  parents: z.array(modelParent).max(1000),
});

export const producedArtifact = z.strictObject({
  name: z.string().min(1).max(120),
  uri,
  sha256,
  bytes: count,
  mediaType: z.string().max(100),
});

export const jobError = z.strictObject({
  kind: z.string().max(64),
  message: z.string().max(4000),
  detail: z.unknown().optional(),
});

export const resultManifest = z
  .strictObject({
    schemaVersion,
    success: z.boolean(),
    runId: ulid,
    phase: phaseSlug,
    stage: z.string().max(64),
    index: count.nullable(),
    round: count.nullable().optional().describe('Round of a repeated stage; null where a stage runs once.'),
    jobId: z.string().max(200),
    attempt: z.int().min(1),
    phaseAttempt: z.int().min(1).optional().describe('Which start of the phase the job belonged to.'),
    execution: z
      .string()
      .max(80)
      .optional()
      .describe('Execution of the job: an earlier one never replaces the result of a later one.'),
    models: z.array(producedModel).max(1000),
    metrics: z.array(metricRecord).max(20000),
    artifacts: z.array(producedArtifact).max(1000),
    config: z.record(z.string(), z.unknown()),
    error: jobError.nullable(),
    again: z.boolean().optional().describe('The last stage of a repeated group asks for another round.'),
    startTime: timestamp,
    endTime: timestamp,
    durationSeconds: z.number().min(0),
    codeHash: sha256
      .optional()
      .describe('SHA-256 of the code that jobs of the phase run, as in a checkpoint manifest.'),
  })
  .meta({ id: 'result-manifest', title: 'Result manifest' });

export type ResultManifest = Readonly<z.output<typeof resultManifest>>;
export type ProducedModel = Readonly<z.output<typeof producedModel>>;
export type ProducedArtifact = Readonly<z.output<typeof producedArtifact>>;
export type ModelFile = Readonly<z.output<typeof modelFile>>;
export type ModelParent = Readonly<z.output<typeof modelParent>>;
