/** properties.json: what a model is, measured from its tensors when it is published and again when it is loaded. */
import * as z from 'zod';
import { count, schemaVersion, sha256 } from './scalars.ts';

export const properties = z
  .strictObject({
    schemaVersion,
    architectureHash: sha256.describe(
      'Hash of tensor names and shapes without the thought, quant and lora blocks.',
    ),
    tokenizerHash: sha256,
    weightsHash: sha256,
    baseHash: sha256
      .nullable()
      .describe('Weights hash of the common base that this model was continued from.'),
    parameters: count,
    bytes: count,
    tensors: count,
    layers: count,
    hiddenSize: count,
    vocabRows: count.describe('Rows of the embedding.'),
    tokenizerSize: count.describe('Entries of the tokenizer, reserved ones included.'),
    reservedRows: count.describe('Rows kept for thought, tool and persona tokens.'),
    tied: z.boolean(),
    finite: z.boolean(),
    zeroMatrices: z.array(z.string()).describe('Names of matrices without a single non-zero entry.'),
    thoughtTokens: count,
    ternary: z.enum(['none', 'masters', 'packed']),
    toolLayers: count,
    toolTypes: z.array(z.string()),
    parents: count,
    relativeTaskVector: z
      .number()
      .min(0)
      .nullable()
      .describe('Norm of (weights - base) over norm of base; null for a base.'),
  })
  .meta({ id: 'properties', title: 'Measured model properties' });

export type ModelProperties = Readonly<z.output<typeof properties>>;
