/** Settings of phase 4, BitNet. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { setting } from './setting.ts';

const fields = {
  kept_fp: setting(
    z.array(z.string().min(1).max(200)).max(64),
    [],
    'Projections that stay in floating point: shell patterns over names below the blocks, such as `0.*`.',
  ),
  packing: setting(
    z.enum(['two-bit', 'base-3']),
    'base-3',
    'Codes in the packed file: 2 bits a weight, or five weights a byte.',
  ),
  embedding_stored: setting(
    z.enum(['float32', 'float16', 'int8']),
    'int8',
    'Embedding in the packed file; int8 has a scale per row.',
  ),
  kept_stored: setting(
    z.enum(['float32', 'float16']),
    'float16',
    'What is neither embedding nor ternary, in the packed file.',
  ),
  strength_share: setting(
    z.number().min(0).max(1),
    0.5,
    'Share of the steps in which quantisation grows to its full strength; 0 is at once.',
  ),
  thought_every: setting(
    z.int().min(1).max(1_000),
    8,
    'In a model that thinks, every k-th step also trains what is said after thoughts.',
  ),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row.'),
  batch_size: setting(z.int().min(1).max(512), 4, 'Rows per step.'),
  steps: setting(z.int().min(1).max(1_000_000), 100, 'Optimizer steps.'),
  learning_rate: setting(
    z.number().min(1e-7).max(0.1),
    0.002,
    'Peak learning rate; ternary weights stand, and need, more than full precision does.',
  ),
  min_lr_fraction: setting(z.number().min(0).max(1), 0.05, 'Last learning rate as a share of the peak.'),
  warmup_steps: setting(z.int().min(0).max(100_000), 5, 'Linear warm-up.'),
  weight_decay: setting(
    z.number().min(0).max(1),
    0,
    'AdamW decay of matrices; it pulls masters back from the thresholds that they have to cross.',
  ),
  grad_clip: setting(z.number().gt(0).max(100), 1.0, 'Gradient norm limit.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    200_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split that are scored.',
  ),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_stride: setting(z.int().min(1).max(4_096), 96, 'Tokens newly scored per evaluation window.'),
  eval_batch_size: setting(z.int().min(1).max(1_024), 16, 'Windows per evaluation batch.'),
  calibration_rows: setting(
    z.int().min(1).max(100_000),
    16,
    'Held-out rows on which activations and the packed file are looked at.',
  ),
  profile_repeats: setting(z.int().min(30).max(10_000), 60, 'Decoding steps that are timed, of each model.'),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
};

export const bitnetFields = z.strictObject(fields);

/** The complete settings, with the rules that bind one key to another. */
export const bitnetSettings = bitnetFields
  .superRefine((settings, context) => {
    if (settings.eval_stride > settings.seq_len) {
      context.addIssue({
        code: 'custom',
        path: ['eval_stride'],
        message: `expected at most seq_len = ${settings.seq_len}, got ${settings.eval_stride}`,
      });
    }
  })
  .meta({ id: 'bitnet', title: 'BitNet settings' });

export type BitnetSettings = z.output<typeof bitnetSettings>;
