/** Settings of phase 5, Forge training. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { setting } from './setting.ts';

const share = z.number().min(0).max(1);

const mechanisms = {
  grokfast: setting(
    z.enum(['off', 'ema', 'window']),
    'off',
    'Amplify slow gradients by a running or a windowed mean.',
  ),
  grokfast_alpha: setting(z.number().min(0).lt(1), 0.98, 'Decay of the running mean.'),
  grokfast_window: setting(z.int().min(1).max(1_000), 100, 'Steps of the windowed mean.'),
  grokfast_amplification: setting(z.number().min(0).max(100), 0.5, 'Weight of the mean that is added.'),
  self_model_weight: setting(
    z.number().min(0).max(100),
    0,
    'Weight of predicting an own hidden state; 0 is off.',
  ),
  self_model_ramp: setting(share, 0.1, 'Share of the steps in which that weight grows.'),
  self_model_detach: setting(
    z.enum(['none', 'target', 'both']),
    'none',
    'Gradients into the model that are cut; with both it is a probe that changes nothing.',
  ),
  dreams: setting(
    z.enum(['off', 'distil', 'sample']),
    'off',
    "Replay own samples, by the snapshot's distribution or by their tokens.",
  ),
  dream_share: setting(z.number().gt(0).max(0.5), 0.2, "Dreams' part of the loss."),
  dream_wake: setting(z.int().min(1).max(1_000_000), 500, 'Steps between two looks at old data.'),
  dream_buffer: setting(z.int().min(1).max(1_000_000), 2048, 'Most dreams that are kept.'),
  dream_prompt: setting(z.int().min(1).max(4_096), 8, 'Tokens of real text that a dream begins with.'),
  dream_temperature: setting(z.number().min(0.05).max(10), 1, 'Dreams are sampled at it.'),
  dream_top_p: setting(
    z.number().gt(0).max(1),
    0.95,
    'Probability of the likeliest tokens that are sampled from.',
  ),
  dream_tolerance: setting(
    z.number().min(0).max(10),
    0.02,
    'Nats a token that old data may get worse in a cycle before it is undone.',
  ),
  edge: setting(z.boolean(), false, 'Change how hard questions are, to keep the share of right answers.'),
  edge_target: setting(z.number().gt(0).lt(1), 0.65, 'Share of right answers aimed at.'),
  edge_band: setting(z.number().min(0).max(0.5), 0.1, 'Distance from it at which nothing is changed.'),
  edge_window: setting(z.int().min(1).max(1_000_000), 200, 'Graded answers between two decisions.'),
  edge_first: setting(share, 0, 'Difficulty to begin with.'),
  temperature_start: setting(
    z.number().min(0.05).max(100),
    1,
    "Temperature of the loss's softmax at first; 1 is off.",
  ),
  temperature_share: setting(share, 0.3, 'Share of the steps in which it comes to 1.'),
};

const training = {
  synthetic_share: setting(share, 0.25, 'Share of rows that are questions; the rest is text.'),
  thought_every: setting(
    z.int().min(1).max(1_000_000),
    4,
    'In a model that thinks, every k-th step practises speaking after thoughts.',
  ),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row.'),
  batch_size: setting(z.int().min(1).max(512), 4, 'Rows per step, dreams not counted.'),
  steps: setting(z.int().min(1).max(10_000_000), 60, 'Optimizer steps.'),
  learning_rate: setting(z.number().min(1e-7).max(0.1), 0.0005, 'Peak learning rate.'),
  min_lr_fraction: setting(share, 0.1, 'Last learning rate as a share of the peak.'),
  warmup_steps: setting(z.int().min(0).max(100_000), 5, 'Linear warm-up.'),
  weight_decay: setting(share, 0.001, 'AdamW decay of matrices.'),
  grad_clip: setting(z.number().gt(0).max(100), 1.0, 'Gradient norm limit.'),
  precision: setting(z.enum(['float32', 'bfloat16']), 'float32', 'Of matrix products in training.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    100_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split; half guards dreams, half is reported.',
  ),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_rows: setting(z.int().min(2).max(100_000), 48, 'Most rows of held-out text, and rows of questions.'),
  eval_stride: setting(z.int().min(1).max(4_096), 96, 'New targets per window of bits per byte.'),
  eval_batch_size: setting(z.int().min(1).max(1_024), 8, 'Rows per evaluation batch.'),
  bootstrap_draws: setting(z.int().min(100).max(100_000), 1000, 'Redrawn sets of rows behind each interval.'),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
};

/** Of the rows that are drawn, so many stay real text while dreams are replayed. */
const LEAST_ANCHOR = 0.1;

export const trainingFields = z.strictObject({ ...mechanisms, ...training });

/** The complete settings, with the rules that bind one key to another. */
export const trainingSettings = trainingFields
  .superRefine((settings, context) => {
    const refuse = (key: keyof typeof settings, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (settings.edge && settings.synthetic_share === 0) {
      refuse('synthetic_share', 'with edge it must be above 0: it is the questions whose difficulty changes');
    }
    if (settings.dreams === 'off') return;
    if (settings.synthetic_share > 1 - LEAST_ANCHOR) {
      refuse(
        'synthetic_share',
        `with dreams it must be at most ${1 - LEAST_ANCHOR}, so that real text stays; got ${settings.synthetic_share}`,
      );
    }
    if (settings.dream_prompt > settings.seq_len) {
      refuse(
        'dream_prompt',
        `must be at most seq_len = ${settings.seq_len}, so that something is left to dream; got ${settings.dream_prompt}`,
      );
    }
  })
  .meta({ id: 'training', title: 'Forge training settings' });

export type TrainingSettings = z.output<typeof trainingSettings>;
