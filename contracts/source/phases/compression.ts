/** Settings of phase 8, compression. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { setting } from './setting.ts';

/** A codec with its settings; containers/agent_forge/codecs/registry.py says what each name stands for. */
export const CANDIDATES = [
  ...['raw32', 'raw16', 'ternary'],
  ...['rtn8-g64', 'rtn8-g32', 'rtn4-g64', 'rtn4-g32', 'rtn3-g64', 'rtn3-g32', 'rtn2-g64', 'rtn2-g32'],
  ...['vptq-v2k16', 'vptq-v2k64', 'vptq-v2k256', 'vptq-v4k256', 'vptq-v4k256r16'],
  ...['seedlm-k10c8p3', 'seedlm-k10c8p4', 'seedlm-k10c12p4'],
  ...['seedlm-k12c8p3', 'seedlm-k12c8p4', 'seedlm-k12c12p4'],
  ...['seedlm-k16c8p3', 'seedlm-k16c8p4', 'seedlm-k16c12p4'],
  ...['hyper-u64', 'hyper-u256', 'hyper-u1024', 'hyper-golden-u256'],
] as const;

const fields = {
  candidates: setting(
    z.array(z.enum(CANDIDATES)).min(1).max(CANDIDATES.length),
    [
      ...(['rtn8-g64', 'rtn4-g64', 'rtn4-g32', 'rtn3-g64', 'rtn2-g64'] as const),
      ...(['vptq-v2k16', 'vptq-v2k64', 'vptq-v4k256', 'vptq-v4k256r16'] as const),
      ...(['seedlm-k10c8p3', 'seedlm-k12c8p3', 'hyper-u64', 'hyper-u256'] as const),
    ],
    'Ways in which tensors may be stored; halves, singles and exact ternary codes are always among them.',
  ),
  most_loss: setting(
    z.number().min(0).max(10),
    0.02,
    'Rise of the loss that may be spent, in nats a token of held-out text.',
  ),
  most_bits: setting(
    z.number().min(0).max(32),
    0,
    'Bits a weight, over all weights, that the file may take; above 0 it decides instead of most_loss.',
  ),
  retries: setting(
    z.int().min(0).max(20),
    5,
    'Files that are made again where the loss of the one before is not as predicted.',
  ),
  workers: setting(z.int().min(1).max(64), 2, 'Jobs that encode side by side.'),
  disturbance: setting(
    z.number().min(0.001).max(1),
    0.1,
    'Length of the random disturbance that a tensor is tried with, over its own.',
  ),
  calibration_rows: setting(
    z.int().min(1).max(100_000),
    32,
    'Rows of training text for the second moments of inputs.',
  ),
  sensitivity_rows: setting(
    z.int().min(1).max(100_000),
    16,
    'Held-out rows on which disturbed models are scored.',
  ),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row.'),
  batch_size: setting(z.int().min(1).max(1_024), 16, 'Rows per pass.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    100_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split; half of it decides, half is reported.',
  ),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_stride: setting(z.int().min(1).max(4_096), 128, 'New targets per window of bits per byte.'),
  profile_repeats: setting(z.int().min(30).max(10_000), 60, 'Decoding steps that are timed, of each model.'),
};

export const compressionFields = z.strictObject(fields);

/** The complete settings, with the rules that bind one key to another. */
export const compressionSettings = compressionFields
  .superRefine((settings, context) => {
    if (settings.eval_stride > settings.seq_len) {
      context.addIssue({
        code: 'custom',
        path: ['eval_stride'],
        message: `expected at most seq_len = ${settings.seq_len}, got ${settings.eval_stride}`,
      });
    }
  })
  .meta({ id: 'compression', title: 'Compression settings' });

export type CompressionSettings = z.output<typeof compressionSettings>;
