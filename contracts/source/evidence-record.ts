/** The record of an experiment: what was claimed, what was measured, and whether the bounds held. Never edited. */
import * as z from 'zod';
import { count, finite, name, schemaVersion, seed, sha256, timestamp } from './scalars.ts';

const text = z.string().min(1).max(1_000);
const setting = z.union([z.string().max(200), finite, z.boolean()]);
const settings = z.record(z.string(), setting);
const measure = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

const result = z.strictObject({
  seed,
  derived: settings.describe("Settings that follow from an earlier arm's measures at this seed."),
  cpuSeconds: z.number().min(0),
  measures: z.record(measure, finite),
});

const arm = z.strictObject({ name, description: text, settings, results: z.array(result) });

const comparison = z.strictObject({
  arm: name,
  baseline: name,
  measure,
  seeds: z.array(seed).min(1),
  differences: z.array(finite).min(1).describe('arm - baseline, seed by seed.'),
  mean: finite,
  low: finite.nullable().describe('Null with fewer than three seeds.'),
  high: finite.nullable(),
  level: z.number().gt(0).lt(1),
  method: z.literal('paired t'),
});

const line = z.strictObject({
  id: name,
  text,
  level: z.enum(['must', 'expected']).describe('A must decides the verdict, an expected is reported only.'),
  arm: name,
  measure,
  op: z.enum(['>=', '<=']),
  bound: finite,
  needed: z.int().min(1).describe('Seeds on which the bound has to hold.'),
  held: count.describe('Seeds on which it did.'),
  values: z.array(finite),
  status: z.enum(['held', 'failed', 'not measured']),
});

export const evidenceRecord = z
  .strictObject({
    schemaVersion,
    experiment: z.string().regex(/^[A-Z][A-Z0-9-]{0,15}$/, 'expected an experiment id such as E1'),
    tier: z.enum(['ci', 'full']).describe('ci is a smoke run: it decides nothing.'),
    title: text,
    claim: text,
    source: text,
    metric: measure,
    direction: z.enum(['higher', 'lower']),
    baseline: name,
    notes: z.string().max(2_000),
    seeds: z.array(seed).min(1),
    budget: settings,
    environment: z.strictObject({
      torch: text,
      python: text,
      threads: z.int().min(1),
      machine: text,
      device: text,
    }),
    codeHash: sha256.describe('Over `sources`.'),
    sources: z.record(z.string(), sha256).describe('Every file that the numbers depend on.'),
    configHash: sha256.describe('Over all that was decided before the run.'),
    arms: z.array(arm).min(1),
    comparisons: z.array(comparison),
    lines: z.array(line).min(1),
    verdict: z.enum(['held', 'failed', 'no verdict']),
    cpuSeconds: z.number().min(0),
    at: timestamp,
    sha256: sha256.describe("Over this file's text with the value of this key left empty."),
  })
  .meta({ id: 'evidence-record', title: 'Evidence record' });

export type EvidenceRecord = Readonly<z.output<typeof evidenceRecord>>;
