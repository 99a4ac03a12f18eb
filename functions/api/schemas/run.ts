/** Runs as the API shows them. */
import * as z from 'zod';
import { burstPlan } from '#contracts/source/burst-plan.ts';
import { gate, gateVerdict } from '#contracts/source/gate.ts';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { checkedContract, runError, runOrigin, runStatus } from '#contracts/source/report.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { sha256, timestamp, ulid } from '#contracts/source/scalars.ts';

const phaseRecord = z.object({
  slug: phaseSlug,
  status: z.enum(['pending', 'running', 'succeeded', 'failed', 'skipped', 'cancelled']),
  attempts: z.int(),
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  inputs: z.array(ulid),
  outputs: z.array(ulid),
  gates: z.array(gateVerdict),
  error: z.union([runError, z.null()]),
  fingerprint: z
    .object({
      hash: sha256,
      settings: sha256,
      inputs: sha256,
      code: sha256.nullable(),
      seed: z.int(),
      threads: z.int(),
      continuedFrom: sha256.nullish(),
    })
    .nullish(),
  contracts: z.array(checkedContract).optional(),
  rounds: z.array(z.object({ group: z.string(), finished: z.int(), done: z.boolean() })).optional(),
  settledAttempts: z.int().optional(),
  reusedFrom: ulid.nullish(),
});

const settings = z.record(z.string(), z.unknown());

const forkPoint = z.object({
  phase: phaseSlug,
  stage: z.string(),
  step: z.int(),
  run: ulid,
  begins: z.array(z.object({ stage: z.string(), index: z.int().nullable(), step: z.int(), sha256 })),
  accepted: z
    .array(z.enum(['settings', 'inputs', 'code', 'seed', 'threads']))
    .describe('In what the settings of the checkpoint differ from those that it goes on with.'),
  history: z
    .array(z.object({ stage: z.string(), config: settings, seed: z.int(), threads: z.int() }))
    .describe('What each stage before the checkpoint runs under: what it ran under then.'),
});

const resolvedRun = z.object({
  name: z.string(),
  phases: z.array(phaseSlug),
  seed: z.int(),
  corpus: z.object({ id: ulid, sha256 }).nullable(),
  models: z.array(ulid),
  config: z.partialRecord(phaseSlug, settings),
  gates: z.partialRecord(phaseSlug, z.array(gate)),
  threads: z.partialRecord(phaseSlug, z.int()).describe('Of each job of the phase, per operation.'),
});

export const run = z
  .object({
    schemaVersion: z.literal(1),
    tenant: z.string(),
    id: ulid,
    name: z.string(),
    status: runStatus,
    document: runDocument,
    resolved: resolvedRun,
    phases: z.array(phaseRecord),
    executions: z.array(z.string()),
    createdAt: timestamp,
    updatedAt: timestamp,
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    error: z.union([runError, z.null()]),
    report: z.string().nullable(),
    origin: runOrigin.extend({ checkpoint: forkPoint.nullish() }).nullish(),
    burst: burstPlan
      .nullish()
      .describe('The plan that it follows; absent where its document asked for none.'),
    maxUsd: z.number().nullish().describe('What it may cost, as raised last; else what its document says.'),
    pauseReason: z.enum(['requested', 'budget']).nullish().describe('Why it waits.'),
    version: z.int(),
  })
  .meta({ id: 'Run' });

export const runSummary = run
  .pick({
    id: true,
    name: true,
    status: true,
    createdAt: true,
    startedAt: true,
    endedAt: true,
    version: true,
  })
  .extend({ phases: z.array(z.object({ slug: phaseSlug, status: z.string() })) })
  .meta({ id: 'RunSummary' });

export const runPlan = z
  .object({
    name: z.string(),
    seed: z.int(),
    corpus: z.object({ id: ulid, name: z.string(), bytes: z.int(), documents: z.int() }).nullable(),
    phases: z.array(
      z.object({
        phase: phaseSlug,
        title: z.string(),
        available: z.boolean(),
        handOver: z.string(),
        rules: z.array(z.string()),
        gates: z.array(gate),
        stages: z.array(
          z.object({
            name: z.string(),
            kind: z.string(),
            size: z.int(),
            reads: z.array(z.string()),
            repeat: z.string().nullable(),
          }),
        ),
        jobs: z.int(),
        resources: z.object({ vcpus: z.number(), memoryMiB: z.int(), gpus: z.int(), threads: z.int() }),
        timeoutSeconds: z.int(),
        config: settings,
      }),
    ),
    deferred: z.array(z.string()),
    burst: burstPlan,
  })
  .meta({ id: 'RunPlan' });

export const attemptLog = z
  .object({
    phase: z.string(),
    stage: z.string(),
    index: z.int().nullable(),
    jobId: z.string(),
    attempt: z.int(),
    text: z.string(),
  })
  .meta({ id: 'AttemptLog' });
