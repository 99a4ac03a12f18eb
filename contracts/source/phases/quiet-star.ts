/** Settings of phase 3, Quiet-STaR. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { setting } from './setting.ts';

const fields = {
  n_thought: setting(z.int().min(1).max(64), 4, 'Tokens of a thought, its two marks not counted.'),
  n_true: setting(z.int().min(1).max(64), 4, 'True tokens that a thought has a say in.'),
  samples: setting(
    z.int().min(1).max(16),
    2,
    'Thoughts per place in training; each is rewarded against the others.',
  ),
  select: setting(
    z.enum(['every', 'hard']),
    'every',
    'Think after every k-th token, or where the next token is hardest.',
  ),
  every: setting(z.int().min(1).max(1_024), 16, 'k; with `hard`, one place per k tokens.'),
  threshold: setting(z.number().min(0).max(20), 0, 'With `hard`: least entropy of a place in nats.'),
  temperature: setting(z.number().min(0.05).max(10), 1, 'Thoughts are sampled at it.'),
  first_weight: setting(
    z.number().min(0).max(1),
    0,
    'Weight of thoughts before training; 0 says exactly what the model said without them.',
  ),
  mark_noise: setting(
    z.number().min(0).max(10),
    0.35,
    "Noise on the marks' first vectors, in deviations of the embedding.",
  ),
  policy_weight: setting(z.number().min(0).max(1_000_000), 1, 'Weight of REINFORCE.'),
  quiet_weight: setting(z.number().min(0).max(100), 0.5, 'Weight of the loss without thoughts.'),
  reward_clip: setting(z.number().gt(0).max(1_000), 5, 'Largest reward; the smallest is 0.'),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row.'),
  batch_size: setting(z.int().min(1).max(512), 2, 'Rows per step.'),
  steps: setting(z.int().min(1).max(1_000_000), 60, 'Optimizer steps, of the thinker and of its control.'),
  learning_rate: setting(z.number().min(1e-7).max(0.1), 0.0001, 'Peak learning rate.'),
  min_lr_fraction: setting(z.number().min(0).max(1), 0.1, 'Last learning rate as a share of the peak.'),
  warmup_steps: setting(z.int().min(0).max(100_000), 5, 'Linear warm-up.'),
  weight_decay: setting(z.number().min(0).max(1), 0.001, 'AdamW decay of matrices.'),
  grad_clip: setting(z.number().gt(0).max(100), 1.0, 'Gradient norm limit.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    100_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split that rows are taken from.',
  ),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_rows: setting(z.int().min(2).max(100_000), 48, 'Held-out rows that thoughts are measured on.'),
  eval_batch_size: setting(z.int().min(2).max(1_024), 8, 'Rows per evaluation batch.'),
  bootstrap_draws: setting(z.int().min(100).max(100_000), 1000, 'Redrawn sets of rows behind each interval.'),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
};

export const quietStarFields = z.strictObject(fields);

/** The complete settings, with the rules that bind one key to another. */
export const quietStarSettings = quietStarFields
  .superRefine((settings, context) => {
    if (settings.every + settings.n_true > settings.seq_len) {
      context.addIssue({
        code: 'custom',
        path: ['every'],
        message: `every + n_true must be at most seq_len = ${settings.seq_len}; got ${settings.every} + ${settings.n_true}`,
      });
    }
  })
  .meta({ id: 'quiet-star', title: 'Quiet-STaR settings' });

export type QuietStarSettings = z.output<typeof quietStarSettings>;
