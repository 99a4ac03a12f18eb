/** The metadata document of a registered model: what it is, where it came from, what was measured, how to make it again. */
import * as z from 'zod';
import { architecture } from './architecture.ts';
import { phaseSlug } from './phase-slugs.ts';
import { properties } from './properties.ts';
import { modelParent, relativePath } from './result-manifest.ts';
import { count, schemaVersion, seed, sha256, timestamp, ulid } from './scalars.ts';

export const linkedNumber = z.strictObject({
  value: z.number(),
  unit: z.string().max(32),
  metric: z.string().min(1).max(500).describe('Id of the metric record that the value was read from.'),
});

const reference = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}@[1-9][0-9]{0,8}$/, 'expected name@version');

const relative = z.strictObject({
  modelId: ulid,
  reference: reference.nullable().describe('Null when the registry has no record of it.'),
  role: z.string().max(32).nullable(),
});

export const modelMetadata = z
  .strictObject({
    schemaVersion,
    kind: z.literal('ModelMetadata'),
    identity: z.strictObject({
      id: ulid,
      reference,
      name: z.string().max(128),
      version: z.int().min(1),
      role: z.string().max(32),
      status: z.enum(['active', 'archived', 'quarantined']),
      run: z
        .strictObject({ id: ulid, name: z.string().max(64) })
        .nullable()
        .describe('Null when imported.'),
      phase: phaseSlug.nullable(),
      createdAt: timestamp,
    }),
    architecture,
    properties,
    lineage: z.strictObject({
      parents: z.array(relative.extend({ relation: modelParent.shape.relation, weight: z.number() })),
      ancestors: z.array(relative).describe('Nearest first; the parents are among them.'),
      phases: z.array(z.strictObject({ phase: phaseSlug, runId: ulid, at: timestamp })),
    }),
    metrics: z.array(
      z.strictObject({
        name: z.string().max(200),
        phase: phaseSlug,
        split: z.string().max(32).nullable(),
        source: z.string().max(200),
        measured: linkedNumber,
      }),
    ),
    files: z.array(z.strictObject({ path: relativePath, sha256, bytes: count })).min(1),
    licences: z
      .array(
        z.strictObject({
          of: z.enum(['corpus', 'import']),
          name: z.string().max(200),
          sha256: sha256.describe('Hash of the corpus, or of the weights that were imported.'),
          licence: z.string().max(200),
        }),
      )
      .describe('Of every corpus and every import that the model and its ancestors go back to.'),
    reproduction: z
      .strictObject({
        command: z.string().max(200),
        document: z.string().describe('The run document, as JSON.'),
        seed,
        threads: z.int().min(1),
      })
      .nullable()
      .describe('Null for what was imported: it was not made here.'),
  })
  .meta({ id: 'model-metadata', title: 'Model metadata' });

export type ModelMetadata = Readonly<z.output<typeof modelMetadata>>;
