/** What was claimed before this product could measure it, and what the records of experiments say to it. */
import * as z from 'zod';
import { phaseSlug } from './phase-slugs.ts';
import { count, finite, name, schemaVersion, seed, sha256, timestamp } from './scalars.ts';

/** From best to unknown. */
export const CLAIM_VERDICTS = ['holds', 'holds in part', 'does not hold', 'not measured'] as const;

const text = z.string().min(1).max(1_000);
const setting = z.union([z.string().max(200), finite, z.boolean()]);
const experiment = z.string().regex(/^[A-Z][A-Z0-9-]{0,15}$/, 'expected an experiment id such as E1');
const measure = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

const asked = {
  text: text.describe('One way to read the claim.'),
  experiment,
  arm: name,
  baseline: name
    .optional()
    .describe('Arm that is taken off, seed by seed; left out where the measure compares already.'),
  measure,
  op: z.enum(['>=', '<=', '>', '<']),
  bound: finite,
};
const open = { text, missing: text.describe('What it would take.') };

const stated = {
  id: name,
  claim: text.describe('As it was inherited, in its own words.'),
  source: text,
  metric: text,
  baseline: text,
  rule: text.describe('What has to be found for the claim to hold.'),
  switch: z
    .strictObject({ phase: phaseSlug, setting: measure, off: setting })
    .optional()
    .describe('Setting that stays off by default for as long as the claim does not hold.'),
  mechanism: z
    .strictObject({ phase: phaseSlug, setting: measure.optional(), off: setting.optional() })
    .optional()
    .describe(
      'Phase that uses what is claimed, and the setting that can switch it off; left out where switch says it.',
    ),
};

/** contracts/claims.json */
export const claims = z
  .strictObject({
    schemaVersion,
    claims: z
      .array(
        z.strictObject({
          ...stated,
          readings: z.array(z.union([z.strictObject(asked), z.strictObject(open)])).min(1),
        }),
      )
      .min(1),
  })
  .meta({ id: 'claims', title: 'Inherited claims' });

/** An answer has at least three paired seeds, an interval, and a record that it can be read in. */
const answered = <Verdict extends z.ZodType<string>>(verdict: Verdict) =>
  z.strictObject({
    ...asked,
    sha256: sha256.describe('Of the record.'),
    seeds: z.array(seed).min(3),
    values: z.array(finite).min(3).describe('Seed by seed.'),
    mean: finite,
    low: finite,
    high: finite,
    level: z.number().gt(0).lt(1),
    verdict,
  });
const unanswered = z.strictObject({ ...open, verdict: z.literal('not measured') });
const reading = z.union([answered(z.enum(['holds', 'holds in part', 'does not hold'])), unanswered]);

const record = z.strictObject({
  experiment,
  sha256,
  seeds: z.array(seed).min(1),
  codeHash: sha256,
  machine: text,
  torch: text,
  threads: count,
  cpuSeconds: z.number().min(0),
  at: timestamp,
  reproduce: text.describe('The command that makes the record again.'),
});

/** A claim holds only where every reading of it does: a verdict that its readings do not carry fits no schema. */
const judged = <Verdict extends z.ZodType<string>, Reading extends z.ZodType>(
  verdict: Verdict,
  readings: Reading,
  records: number,
) =>
  z.strictObject({
    ...stated,
    verdict,
    readings: z.array(readings).min(1),
    records: z.array(record).min(records),
  });

export const claimVerdict = z
  .union([
    judged(z.literal('holds'), answered(z.literal('holds')), 1),
    judged(z.enum(['holds in part', 'does not hold']), reading, 1),
    judged(z.literal('not measured'), unanswered, 0),
  ])
  .meta({ id: 'Claim' });

/** contracts/claim-verdicts.json: written by `npm run evidence`, never by hand. */
export const claimVerdicts = z
  .strictObject({ schemaVersion, claims: z.array(claimVerdict).min(1) })
  .meta({ id: 'claim-verdicts', title: 'Verdicts on the inherited claims' });

export type ClaimVerdict = Readonly<z.output<typeof claimVerdict>>;
export type ClaimVerdicts = Readonly<z.output<typeof claimVerdicts>>;
