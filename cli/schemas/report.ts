/** The report of a run, as `forge runs report --json` prints it. A later release may add to it. */
import * as z from 'zod';

const linkedNumber = z
  .object({ value: z.number(), unit: z.string(), metric: z.string() })
  .describe('A number with the id of the metric record that it was read from.');
const figure = linkedNumber.nullable().describe('Null where it was not measured.');

const gate = z.looseObject({
  rule: z.string(),
  verdict: z.enum(['passed', 'failed', 'not measured']),
  measured: figure,
  bound: figure,
});

const strength = z.looseObject({
  model: z.string(),
  measure: z.string(),
  wanted: z.enum(['higher', 'lower']),
  figures: z.record(z.string(), figure),
  best: z.string().nullable(),
  verdict: z.string(),
});

const phase = z.looseObject({
  phase: z.string(),
  title: z.string(),
  status: z.string(),
  jobs: z.record(z.string(), linkedNumber),
  figures: z.record(z.string(), z.record(z.string(), linkedNumber)).describe('Subject, measure, figure.'),
  gates: z.array(gate),
  strengths: z.array(strength),
});

export const runReport = z.looseObject({
  schema: z.literal('forge/report/v1'),
  run: z.looseObject({
    id: z.string(),
    name: z.string(),
    status: z.enum([
      'queued',
      'running',
      'pausing',
      'paused',
      'cancelling',
      'cancelled',
      'succeeded',
      'failed',
    ]),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
  }),
  error: z.looseObject({ kind: z.string(), message: z.string(), hint: z.string() }).nullable(),
  corpus: z
    .looseObject({ id: z.string(), name: z.string(), sha256: z.string(), licence: z.string() })
    .nullable(),
  phases: z.array(phase),
  models: z.array(
    z.looseObject({
      id: z.string(),
      reference: z.string(),
      role: z.string(),
      parents: z.array(z.string()),
      weights: z.string(),
    }),
  ),
  reproduce: z.looseObject({ command: z.string(), document: z.string() }),
});

export type RunReport = z.output<typeof runReport>;
export type ReportedPhase = RunReport['phases'][number];
export type ReportedStrength = ReportedPhase['strengths'][number];
