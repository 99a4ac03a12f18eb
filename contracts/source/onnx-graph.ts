/** graph.json: how a model's ONNX graph is called, written beside it by the container that traced it. */
import * as z from 'zod';
import { count, schemaVersion, sha256 } from './scalars.ts';

const dimension = z.union([z.int().min(0), z.enum(['batch', 'sequence'])]);
const dtype = z.enum(['int64', 'float32']);
const tensor = { dtype, shape: z.array(dimension).min(1).max(8) };
const tensorName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected a name of letters, digits and _');
const fileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected a plain file name')
  .describe('A file beside this document; never a path.');

export const onnxGraph = z
  .strictObject({
    schemaVersion,
    variant: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected a name such as fp32 or int8'),
    opset: z.int().min(1),
    model: z.strictObject({
      weightsHash: sha256.describe('Of the model.safetensors that was traced.'),
      tokenizerHash: sha256,
      vocabRows: z.int().min(1),
      window: z
        .int()
        .min(2)
        .describe('Tokens that attention reaches back; keys and values of window - 1 are kept.'),
    }),
    tokens: z
      .strictObject({ name: tensorName, ...tensor })
      .describe('Token ids; any number of rows and of tokens, from 1 on.'),
    logits: z.strictObject({ name: tensorName, ...tensor }).describe('One row of logits per token.'),
    state: z
      .array(z.strictObject({ input: tensorName, output: tensorName, ...tensor }))
      .min(1)
      .max(64)
      .describe(
        'What a call hands to the next one: each output goes in again by its input. Zeros begin a sequence. The first dimension is the row, so that states of rows can be put together and taken apart.',
      ),
    stateBytesPerRow: count.describe('Bytes of the whole state of one row; it does not grow.'),
    files: z
      .array(z.strictObject({ name: fileName, sha256, bytes: count }))
      .min(1)
      .max(8)
      .describe('The graph first, then its weights.'),
    writtenBy: z.record(z.string(), z.string()).describe('Packages and their versions.'),
  })
  .meta({ id: 'onnx-graph', title: 'ONNX graph of a model' });

export type OnnxGraph = Readonly<z.output<typeof onnxGraph>>;
