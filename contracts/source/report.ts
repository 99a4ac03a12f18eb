/**
 * The report of a run, as it is kept, sent and printed. Every number in it is a `LinkedNumber`. Readers take it as open:
 * a later release may add to it.
 */
import * as z from 'zod';
import { answer } from './answers.ts';
import { CLAIM_VERDICTS } from './claims.ts';
import { reportedCost } from './costs.ts';
import { figure, linkedNumber, verdict } from './gate.ts';
import { phaseSlug } from './phase-slugs.ts';
import { RUN_STATUSES } from './run-status.ts';
import { name, sha256, timestamp, ulid } from './scalars.ts';

export const runStatus = z.enum(RUN_STATUSES);

export const runError = z
  .object({
    kind: z.string(),
    message: z.string(),
    phase: phaseSlug.nullable(),
    hint: z.string().describe('What a person can do next.'),
  })
  .meta({ id: 'RunError' });

/** Where a run comes from that was not submitted as a document of its own. */
export const runOrigin = z.object({
  verb: z.enum(['retry', 'fork']),
  run: ulid,
  from: phaseSlug.nullable(),
});

const reportedGate = z.object({
  rule: z.string(),
  verdict,
  measured: figure,
  bound: figure.describe(
    'The metric that it is compared with; null where it was not measured, and where the bound is a fixed number.',
  ),
  fixed: z.boolean().describe('True where the bound is the number that stands in the rule.'),
});

const reportedStrength = z
  .object({
    model: z.string(),
    measure: z.string(),
    wanted: z.enum(['higher', 'lower']),
    figures: z.record(z.string(), figure),
    best: z
      .string()
      .nullable()
      .describe('The one best model; null where the first two are equal or nothing was measured.'),
    verdict: z.enum(['ahead', 'not ahead', 'not measured']),
  })
  .describe('Which model is best at what it was made for.');

export const checkedContract = z.object({
  contract: z.string(),
  rules: z.array(
    z.object({
      name: z.string(),
      subject: z.enum(['models', 'each']),
      expected: z.string(),
      got: z.string(),
      verdict: z.enum(['passed', 'failed', 'deferred']),
    }),
  ),
});

const reportedRow = z
  .object({
    label: z.string(),
    figures: z.record(z.string(), figure),
    best: z.string().nullable().describe('The one best figure, where more or less is better.'),
    verdict: z
      .object({ words: z.string(), figure: linkedNumber })
      .nullish()
      .describe('What the line says in words, and the figure that decides it.'),
  })
  .describe('A line that contracts/phases.json asks for.');

const reportedPhase = z.object({
  phase: phaseSlug,
  title: z.string(),
  status: z.string(),
  reusedFrom: ulid
    .nullable()
    .describe('The run that these figures are of, where the phase was not run again.'),
  jobs: z.record(z.string(), linkedNumber),
  figures: z.record(z.string(), z.record(z.string(), linkedNumber)).describe('Subject, measure, figure.'),
  gates: z.array(reportedGate),
  strengths: z.array(reportedStrength),
  contracts: z.array(checkedContract).optional().describe('What was checked of models in and out.'),
  highlights: z.array(reportedRow).optional(),
  answers: z.array(answer).optional().describe('What the model said before and after, to be read.'),
});

const reportedClaim = z
  .object({
    phase: phaseSlug,
    setting: z.string().nullable().describe('What switched it on; null where the phase always uses it.'),
    claim: name.describe('Its id: forge claims get ID.'),
    verdict: z.enum(CLAIM_VERDICTS).describe('Of experiments, when the report was written; not of this run.'),
    records: z.array(z.object({ experiment: z.string(), sha256 })),
  })
  .describe('A claim about a mechanism that was on.');

const reportedModel = z.object({
  id: ulid,
  reference: z.string(),
  role: z.string(),
  parents: z.array(ulid),
  weights: sha256,
});

export const runReport = z
  .object({
    schema: z.literal('forge/report/v1'),
    run: z.object({
      id: ulid,
      name: z.string(),
      status: runStatus,
      startedAt: timestamp.nullable(),
      endedAt: timestamp.nullable(),
      origin: runOrigin.nullable().describe('Null for a run that was submitted as a document of its own.'),
    }),
    error: z.union([runError, z.null()]),
    corpus: z.object({ id: ulid, name: z.string(), sha256, licence: z.string() }).nullable(),
    phases: z.array(reportedPhase),
    models: z.array(reportedModel),
    course: z
      .array(z.object({ phase: phaseSlug, model: z.string(), figures: z.record(z.string(), figure) }))
      .optional()
      .describe('The same measures of every model, phase after phase.'),
    claims: z.array(reportedClaim).optional(),
    cost: reportedCost.optional().describe('What was planned and what the meter says.'),
    reproduce: z.object({ command: z.string(), document: z.string() }),
  })
  .meta({ id: 'RunReport' });

export type RunReport = Readonly<z.output<typeof runReport>>;
export type ReportedPhase = Readonly<z.output<typeof reportedPhase>>;
export type ReportedRow = NonNullable<ReportedPhase['highlights']>[number];
export type ReportedClaim = Readonly<z.output<typeof reportedClaim>>;
export type ReportedStrength = Readonly<z.output<typeof reportedStrength>>;
