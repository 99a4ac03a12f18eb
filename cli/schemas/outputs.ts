/** What verbs print with --json where they do not simply pass on an answer of the API. */
import * as z from 'zod';
import { runReport } from '#contracts/source/report.ts';

/** A record of the API; its fields are described by contracts/openapi.json. */
const record = (component: string) =>
  z.looseObject({}).describe(`As in contracts/openapi.json, #/components/schemas/${component}.`);

const difference = z.strictObject({
  field: z.string().describe('Names of the fields that lead to it, with dots between them.'),
  left: z.unknown().describe('Null where the left one has no such field.'),
  right: z.unknown(),
});
const differences = z.array(difference);
const figure = z.strictObject({ value: z.number(), unit: z.string(), metric: z.string() }).nullable();
const figures = z.array(
  z.strictObject({
    name: z.string(),
    left: figure,
    right: figure,
    change: z.number().nullable().describe('right - left; null unless both were measured in one unit.'),
  }),
);

const modelSide = z.strictObject({ id: z.string(), reference: z.string() });
const runSide = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  seconds: z.number().nullable(),
});
const hash = z.string().nullable();

const check = z.strictObject({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  fix: z.string().nullable().describe('What to do; null where there is nothing to do.'),
});

const problem = z.strictObject({
  pointer: z.string(),
  code: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  got: z.string().optional(),
  suggestion: z.string().optional(),
  place: z.string().optional().describe('file:line:col'),
});

/** Verb, with dashes between its words → what it prints. */
export const OUTPUTS: Readonly<Record<string, z.ZodType>> = {
  'corpora-add': z.strictObject({
    corpus: record('Corpus'),
    skipped: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
  }),
  doctor: z.strictObject({ healthy: z.boolean(), checks: z.array(check) }),
  error: z
    .strictObject({
      error: z.strictObject({
        kind: z.string(),
        code: z.string().optional(),
        message: z.string(),
        hint: z.string().optional(),
        errors: z.array(problem).optional(),
        requestId: z.string().optional(),
        exit: z.int(),
      }),
    })
    .describe('Of every verb that fails, as one line on stderr.'),
  'inbox-send': z.strictObject({
    folder: z.string(),
    name: z.string(),
    files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.int() })),
    leftOut: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  }),
  init: z.strictObject({ template: z.enum(['tiny', 'full']), files: z.array(z.string()) }),
  merge: z.union([
    z.strictObject({
      out: z.string(),
      method: z.string(),
      sha256: z.string().describe('Of the weight file; of the index where there are shards.'),
      files: z.record(z.string(), z.string()).describe('SHA-256 of every weight file.'),
      tensors: z.int(),
      parameters: z.int(),
      bytes: z.int(),
      layers: z.int(),
      seconds: z.number(),
    }),
    z
      .strictObject({
        dryRun: z.literal(true),
        method: z.string(),
        models: z.record(z.string(), z.string()).describe('Folder of each model.'),
        tensors: z.int(),
        parameters: z.int(),
        bytes: z.int(),
        layers: z.int(),
        peakBytes: z.int().describe('The most memory that the merge would take.'),
      })
      .describe('With --dry-run.'),
  ]),
  'models-diff': z.strictObject({
    left: modelSide,
    right: modelSide,
    architecture: differences,
    properties: differences,
    config: differences,
    settings: differences
      .nullable()
      .describe('Null where one of them was not made by a run of this registry.'),
    weights: z.strictObject({ same: z.boolean(), comparedBy: z.literal('hash') }),
    files: z.array(z.strictObject({ path: z.string(), left: hash, right: hash, same: z.boolean() })),
    figures,
  }),
  'models-export': z.looseObject({
    schemaVersion: z.literal(1),
    to: z.enum(['hf', 'gguf', 'onnx', 'safetensors']),
    out: z.string(),
    source: z.strictObject({ model: z.string(), id: z.string().nullable(), weightsHash: z.string() }),
    files: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int() })),
  }),
  'models-import': z.strictObject({
    model: record('Model'),
    leftOut: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  }),
  'models-try': z
    .looseObject({
      id: z.string(),
      model: z.string(),
      choices: z.array(
        z.strictObject({ index: z.int(), text: z.string(), finish_reason: z.enum(['stop', 'length']) }),
      ),
      usage: z.strictObject({
        prompt_tokens: z.int(),
        completion_tokens: z.int(),
        total_tokens: z.int(),
      }),
      timings: z.looseObject({ queuedMs: z.number(), totalMs: z.number() }),
    })
    .describe('The answer of /v1/completions.'),
  'presets-delete': z.strictObject({ deleted: z.string() }),
  'webhooks-delete': z.strictObject({ deleted: z.string() }),
  'runs-diff': z.strictObject({
    left: runSide,
    right: runSide,
    resolved: differences,
    outcome: differences,
    figures: figures.nullable().describe('Null where one of them has no report yet.'),
  }),
  'runs-report': runReport,
  'runs-watch': z.strictObject({ run: record('Run'), report: runReport.nullable() }),
  schema: z.strictObject({ schemas: z.array(z.string()) }),
  'schema-install': z.strictObject({ document: z.string(), schema: z.string() }),
  validate: z.strictObject({ valid: z.literal(true), file: z.string(), document: z.looseObject({}) }),
  version: z.strictObject({ version: z.string(), node: z.string(), platform: z.string() }),
};
