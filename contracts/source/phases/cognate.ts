/** Settings of phase 1, Cognate. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { setting } from './setting.ts';

const fields = {
  d_model: setting(z.int().min(32).max(2_048).multipleOf(32), 256, 'Width of the residual stream.'),
  num_layers: setting(z.int().min(1).max(48), 2, 'Blocks; ACT ponders over the last one.'),
  num_heads: setting(z.int().min(1).max(32), 4, 'Attention heads.'),
  d_ff: setting(z.int().min(32).max(8_192).multipleOf(32), 512, 'Inner width of the SwiGLU feed-forward.'),
  vocab_size: setting(
    z.int().min(320).max(65_536).multipleOf(64),
    2048,
    'Embedding rows = tokenizer length, 32 of them reserved.',
  ),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per training row.'),
  window: setting(z.int().min(4).max(4_096), 64, 'Sliding attention window in tokens.'),
  batch_size: setting(z.int().min(1).max(512), 4, 'Rows per step.'),
  steps: setting(
    z.int().min(2).max(1_000_000),
    350,
    'Optimizer steps per model in all (base + continuation).',
  ),
  base_fraction: setting(z.number().min(0.1).max(0.9), 0.5, 'Share of the steps spent on the shared base.'),
  learning_rate: setting(z.number().min(1e-6).max(0.1), 0.003, 'Peak learning rate.'),
  min_lr_fraction: setting(z.number().min(0).max(1), 0.05, 'Last learning rate as a share of the peak.'),
  warmup_steps: setting(z.int().min(0).max(100_000), 20, 'Linear warm-up.'),
  weight_decay: setting(z.number().min(0).max(1), 0.1, 'AdamW decay of matrices.'),
  grad_clip: setting(z.number().gt(0).max(100), 1.0, 'Gradient norm limit.'),
  subln: setting(z.boolean(), true, 'Apply the SubLN gains (they exist in any case).'),
  act_enabled: setting(z.boolean(), true, 'Adaptive computation time over the last block.'),
  act_n_max: setting(z.int().min(1).max(16), 2, 'Most ponder steps per token.'),
  act_eps: setting(z.number().min(0.0001).max(0.5), 0.01, 'Halting threshold is 1 - act_eps.'),
  act_halt_bias: setting(z.number().min(-10).max(10), 1.0, 'Initial bias of the halting unit.'),
  ponder_tau: setting(z.number().min(0).max(1), 0.02, 'Final ponder-cost weight (each variant scales it).'),
  ltm_enabled: setting(z.boolean(), true, 'Long-term memory.'),
  ltm_dim: setting(z.int().min(8).max(1_024).multipleOf(8), 64, 'Width of memory keys and values.'),
  ltm_depth: setting(z.int().min(1).max(4), 1, 'Layers of the memory net (1 = a matrix).'),
  ltm_chunk: setting(z.int().min(1).max(256), 32, 'Tokens whose gradients are taken at one point.'),
  ltm_conv: setting(z.int().min(1).max(8), 4, 'Kernel of the causal depthwise convolution (1 = none).'),
  ltm_persistent: setting(
    z.int().min(0).max(64),
    0,
    'Learned input-independent tokens in front of the sequence.',
  ),
  held_out_every: setting(z.int().min(2).max(1_000), 23, 'Every k-th document is held out.'),
  tokenizer_bytes: setting(
    z.int().min(1000).max(10_000_000_000),
    4000000,
    'Most bytes of the train split that the tokenizer is trained on.',
  ),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    400000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split that are scored.',
  ),
  eval_stride: setting(z.int().min(1).max(4_096), 96, 'Tokens newly scored per evaluation window.'),
  eval_batch_size: setting(z.int().min(1).max(1_024), 16, 'Windows per evaluation batch.'),
  synthetic_share: setting(
    z.number().min(0).max(0.9),
    0.4,
    "Share of a variant's rows that are its synthetic task.",
  ),
  probe_items: setting(z.int().min(4).max(10_000), 64, 'Questions per probe.'),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
};

export const cognateFields = z.strictObject(fields);

/** As Python rounds: the container counts the base's steps with it. */
function roundedHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

/** The complete settings, with the rules that bind one key to another. */
export const cognateSettings = cognateFields
  .superRefine((settings, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (settings.d_model % settings.num_heads !== 0 || (settings.d_model / settings.num_heads) % 2 !== 0) {
      refuse(
        'num_heads',
        `d_model / num_heads must be an even whole number; got ${settings.d_model} / ${settings.num_heads}`,
      );
    }
    const baseSteps = roundedHalfToEven(settings.steps * settings.base_fraction);
    if (baseSteps < 1 || baseSteps >= settings.steps) {
      refuse(
        'base_fraction',
        `expected at least one step for the base and one for the variants; ${settings.base_fraction} of ${settings.steps} steps is ${baseSteps}`,
      );
    }
    if (settings.eval_stride > settings.seq_len) {
      refuse('eval_stride', `expected at most seq_len = ${settings.seq_len}, got ${settings.eval_stride}`);
    }
  })
  .meta({ id: 'cognate', title: 'Cognate settings' });

export type CognateSettings = z.output<typeof cognateSettings>;
