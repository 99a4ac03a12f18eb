/** The manifest of one checkpoint: immutable, named by its step; the pointer is moved to it last. */
import * as z from 'zod';
import { phaseSlug } from './phase-slugs.ts';
import { relativePath } from './result-manifest.ts';
import { count, schemaVersion, sha256, timestamp, ulid } from './scalars.ts';

export const checkpointManifest = z
  .strictObject({
    schemaVersion,
    runId: ulid,
    phase: phaseSlug,
    stage: z.string().max(64),
    index: count.nullable(),
    step: count,
    files: z.array(z.strictObject({ path: relativePath, sha256, bytes: count })).min(1),
    parent: sha256.nullable().describe('SHA-256 of the manifest before this one.'),
    configHash: sha256,
    codeHash: sha256,
    metrics: z.record(z.string(), z.number()),
    best: z.boolean(),
    timestamp,
    resume: z.unknown().describe('Whatever the phase needs beside its tensors; plain JSON.'),
  })
  .meta({ id: 'checkpoint-manifest', title: 'Checkpoint manifest' });

export type CheckpointManifest = Readonly<z.output<typeof checkpointManifest>>;
