/** Models, corpora and presets as the API shows them. */
import * as z from 'zod';
import { architecture } from '#contracts/source/architecture.ts';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { properties } from '#contracts/source/properties.ts';
import { modelFile } from '#contracts/source/result-manifest.ts';
import { sha256, timestamp, ulid } from '#contracts/source/scalars.ts';
import { MODEL_STATUSES } from '#core/domain/model.ts';

export const modelStatus = z.enum(MODEL_STATUSES);

const lifeEntry = z.object({
  phase: phaseSlug,
  runId: ulid,
  at: timestamp,
  metrics: z.array(z.string()),
  difference: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })),
});

const statusChange = z.object({ status: modelStatus, at: timestamp, by: z.string(), reason: z.string() });
const promotion = z.object({ alias: z.string(), from: z.int().nullable(), at: timestamp, by: z.string() });
const tombstone = z.object({
  deletedAt: timestamp,
  purgeAfter: timestamp,
  before: modelStatus,
  purgedAt: timestamp.nullable(),
});

export const model = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    id: ulid,
    name: z.string(),
    version: z.int(),
    runId: ulid.nullable(),
    phase: phaseSlug.nullable(),
    role: z.string(),
    status: modelStatus,
    files: z.array(modelFile),
    architecture,
    properties,
    parents: z.array(z.object({ modelId: ulid, relation: z.string(), weight: z.number() })),
    lifecycle: z.array(lifeEntry),
    licence: z.string().optional(),
    statusChanges: z.array(statusChange).optional(),
    aliases: z.array(z.string()).optional(),
    promotions: z.array(promotion).optional(),
    tombstone: tombstone.optional(),
    createdAt: timestamp,
    updatedAt: timestamp,
    recordVersion: z.int(),
  })
  .meta({ id: 'Model' });

export const lineage = z
  .object({
    model: ulid,
    nodes: z.array(
      model.pick({ id: true, name: true, version: true, role: true, phase: true, runId: true, status: true }),
    ),
    edges: z.array(z.object({ parent: ulid, child: ulid, relation: z.string(), weight: z.number() })),
  })
  .meta({ id: 'Lineage' });

export const modelVerdict = z
  .object({
    model: ulid,
    ok: z.boolean(),
    files: z.array(
      z.object({ path: z.string(), expected: sha256, found: sha256.nullable(), ok: z.boolean() }),
    ),
  })
  .meta({ id: 'ModelVerdict' });

export const corpus = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    id: ulid,
    name: z.string(),
    sha256,
    bytes: z.int(),
    documents: z.int(),
    licence: z.string(),
    createdAt: timestamp,
    recordVersion: z.int(),
  })
  .meta({ id: 'Corpus' });

export const preset = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    name: z.string(),
    description: z.string(),
    config: z.record(z.string(), z.record(z.string(), z.unknown())),
    builtIn: z.boolean(),
    updatedAt: timestamp,
    recordVersion: z.int(),
  })
  .meta({ id: 'Preset' });
