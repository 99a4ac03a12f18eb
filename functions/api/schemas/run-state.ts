/** Gates and topology of a run as the API shows them. */
import * as z from 'zod';
import { gateVerdict } from '#contracts/source/gate.ts';
import { phaseSlug } from '#contracts/source/phase-slugs.ts';
import { checkedContract, runStatus } from '#contracts/source/report.ts';
import { ulid } from '#contracts/source/scalars.ts';

export const runGates = z
  .object({
    run: ulid,
    items: z.array(gateVerdict.extend({ phase: phaseSlug })),
    canProceed: z
      .boolean()
      .nullable()
      .describe('False once a gate that ends its phase has failed; null while nothing has been evaluated.'),
  })
  .meta({ id: 'RunGates' });

const placedStage = z.object({
  name: z.string(),
  kind: z.enum(['single', 'array', 'reduce']),
  size: z.int().describe('How many jobs.'),
  reads: z.array(z.string()),
  repeat: z.string().nullable(),
  rounds: z.int().nullable().describe('Ended rounds; null where the stage runs once.'),
});

export const topology = z
  .object({
    run: ulid,
    status: runStatus,
    phases: z.array(
      z.object({
        phase: phaseSlug,
        title: z.string(),
        status: z.enum(['pending', 'running', 'succeeded', 'failed', 'skipped', 'cancelled']),
        attempts: z.int(),
        handOver: z.object({
          name: z.string(),
          from: phaseSlug.nullable(),
          rules: z.array(z.string()),
          checked: z.union([checkedContract, z.null()]),
        }),
        stages: z.array(placedStage),
        jobs: z.int().describe('With one round of each group that repeats.'),
        inputs: z.array(ulid),
        outputs: z.array(ulid),
        reusedFrom: ulid.nullable(),
      }),
    ),
  })
  .meta({ id: 'Topology', description: 'The execution plan of a run, and how far it has come.' });
