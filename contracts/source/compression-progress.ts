/** What a `compression_progress` event carries: a tensor measured, a family encoded, a file chosen or written. */
import * as z from 'zod';
import { count } from './scalars.ts';

const text = z.string().min(1).max(400);
const bytes = z.number().min(0);

/** Of a stage that repeats; this phase has none. */
const turn = { round: count.optional() };

const measured = z.strictObject({
  ...turn,
  stage: z.literal('measured'),
  tensor: text,
  weights: count,
  sensitivity: z.number().min(0).describe('Nats a token per unit of relative error.'),
});

const encoded = z.strictObject({
  ...turn,
  stage: z.literal('encoded'),
  family: text.describe('Tensors of one type and width.'),
  candidate: text,
  tensors: count,
  weights: count,
  bytes: bytes.describe('Stored, after the lossless pass, codebooks included.'),
  bitsPerWeight: z.number().min(0),
  relativeError: z.number().min(0).nullable().describe('Of the worst tensor; null where it was refused.'),
  refused: z.string().nullable().describe('Why the codec cannot hold the family.'),
});

const chosen = z.strictObject({
  ...turn,
  stage: z.literal('chosen'),
  attempt: count,
  price: z.number().min(0).describe('Nats a token that a byte may cost.'),
  predictedBytes: bytes,
  bytes,
  predictedLoss: z.number().describe('Rise over the input in nats a token, the sum over tensors.'),
  measuredLoss: z.number().describe('The same, of the model that the file holds.'),
  kept: z.boolean().describe('Whether it is the best file so far.'),
});

const written = z.strictObject({
  ...turn,
  stage: z.literal('written'),
  bytes,
  inputBytes: bytes.describe('Of the input in fp32.'),
  lossOnReport: z.number().describe('Rise on text that decided nothing.'),
  accepted: z.boolean(),
  failed: z.array(z.string()).describe('Gates that did not hold.'),
  tensorsPerCodec: z.record(z.string(), count),
  noGain: z.array(z.string()).describe('Codecs that were tried and skipped everywhere.'),
});

export const compressionProgress = z
  .discriminatedUnion('stage', [measured, encoded, chosen, written])
  .meta({ id: 'compression-progress', title: 'Data of a compression_progress event' });

export type CompressionProgress = Readonly<z.output<typeof compressionProgress>>;
