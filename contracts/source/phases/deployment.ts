/**
 * Settings of phase 7, deployment. The names are Python's, because the container reads them as they are.
 *
 * A target brings its own block: settings whose names begin with the target's. A further target is a file of such
 * settings here, an entry in TARGETS and a file among the container's adapters.
 */
import * as z from 'zod';
import { automotiveFields } from './deployment-automotive.ts';
import { cloudFields } from './deployment-cloud.ts';
import { edgeFields } from './deployment-edge.ts';
import { setting } from './setting.ts';

/** The settings of each target, by its name. */
const TARGETS = { cloud: cloudFields, edge: edgeFields, automotive: automotiveFields };

const VARIANTS = ['fp32', 'int8', 'int4'] as const;
const sizes = (most: number) => z.array(z.int().min(1).max(most)).min(1).max(16);

const fields = {
  target: setting(
    z.enum(Object.keys(TARGETS) as (keyof typeof TARGETS)[]),
    'cloud',
    'Where the model is to run.',
  ),
  variants: setting(z.array(z.enum(VARIANTS)).min(1).max(VARIANTS.length), [...VARIANTS], 'Graphs to make.'),
  batches: setting(sizes(1_024), [1, 2, 4, 8, 16, 32], 'Batch sizes to measure.'),
  sequences: setting(sizes(8_192), [32, 128, 512], 'Tokens of a call.'),
  thread_counts: setting(sizes(256), [1], 'Threads of the runtime.'),
  warm_ups: setting(z.int().min(1).max(10_000), 20, 'Calls before those.'),
  calls: setting(z.int().min(20).max(10_000_000), 200, 'Timed calls.'),
  decode_tokens: setting(z.int().min(2).max(65_536), 32, 'Tokens to decode.'),
  parity_batches: setting(z.int().min(1).max(10_000), 64, 'Random and real batches to compare with torch.'),
  parity_tokens: setting(z.int().min(2).max(8_192), 32, 'Tokens of a row of those.'),
  block_size: setting(
    z.union([16, 32, 64, 128].map((size) => z.literal(size))),
    32,
    'Weights per scale in int4.',
  ),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row.'),
  batch_size: setting(z.int().min(1).max(512), 4, 'Rows per step.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    100_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(z.int().min(256).max(100_000_000), 16_384, 'Most tokens of the held-out split.'),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_batch_size: setting(z.int().min(1).max(1_024), 8, 'Rows per evaluation batch.'),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
  ...cloudFields,
  ...edgeFields,
  ...automotiveFields,
};

export const deploymentFields = z.strictObject(fields);

/** The complete settings, with the rules that bind one key to another. */
export const deploymentSettings = deploymentFields
  .superRefine((settings, context) => {
    const refuse = (key: string, code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, params: { code } });
    for (const key of ['variants', 'batches', 'sequences', 'thread_counts'] as const) {
      const values: readonly unknown[] = settings[key];
      if (new Set(values).size < values.length) refuse(key, 'duplicate', 'names a value twice');
    }
    if (settings.cloud_least_tasks > settings.cloud_most_tasks)
      refuse('cloud_least_tasks', 'out_of_range', 'expected at most cloud_most_tasks');
  })
  .meta({ id: 'deployment', title: 'Deployment settings' });

export type DeploymentSettings = z.output<typeof deploymentSettings>;
