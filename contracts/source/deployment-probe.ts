/** probe.json: what Python says of a few tokens, so that another runtime can be held against it. */
import * as z from 'zod';
import { count, schemaVersion, sha256 } from './scalars.ts';

const stated = {
  logits: z
    .string()
    .max(64 * 2 ** 20)
    .describe('float32, little-endian, [rows, tokens, vocabRows], in base64.'),
  sha256: sha256.describe('Of the bytes of logits.'),
};

export const deploymentProbe = z
  .strictObject({
    schemaVersion,
    graph: sha256.describe('Of the model.onnx that was asked.'),
    vocabRows: z.int().min(1),
    tolerance: z.number().min(0).max(1).describe('Largest difference of a logit that still agrees.'),
    cases: z
      .array(
        z.strictObject({
          tokens: z
            .array(z.array(count).min(1).max(4096))
            .min(1)
            .max(64)
            .describe('Rows of token ids, all of one length, each from an empty state.'),
          whole: z.strictObject(stated).describe('All tokens of a row in one call.'),
          stepwise: z
            .strictObject(stated)
            .describe(
              'One token of every row per call, the state handed on. Activations that are quantised call by call make this another answer.',
            ),
        }),
      )
      .min(1)
      .max(16),
    writtenBy: z.record(z.string(), z.string()).describe('Packages and their versions.'),
  })
  .meta({ id: 'deployment-probe', title: 'Probe of a deployment' });

export type DeploymentProbe = Readonly<z.output<typeof deploymentProbe>>;
