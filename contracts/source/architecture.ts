/** The model architecture record: extracted from the artifact, never typed in. */
import * as z from 'zod';
import { count } from './scalars.ts';

export const architecture = z
  .strictObject({
    type: z.string().min(1).max(64).describe('Architecture family, e.g. `tiny-titan`.'),
    parameters: count.describe('Number of parameters; tied tensors count once.'),
    bytes: count.describe('Bytes of the weight file.'),
    layers: count,
    hiddenSize: count,
    thoughtTokens: count,
    quantised: z.boolean(),
    bits: z.number().min(0).max(64).describe('Bits per weight as stored.'),
    toolLayers: count,
    toolTypes: z.array(z.string().max(64)).max(256),
  })
  .meta({ id: 'architecture', title: 'Model architecture' });

export type ModelArchitecture = Readonly<z.output<typeof architecture>>;
