/** `manifest.json` of an uploaded model folder: written last, it says that the rest is there and what it has to be. */
import * as z from 'zod';
import { name, sha256 } from './scalars.ts';

/** As much as one upload takes: 5 GiB. */
const MAX_FILE_BYTES = 5 * 1024 ** 3;

export const uploadManifest = z
  .strictObject({
    name: name.describe('Name of the model that the files become.'),
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(300).describe('Below the folder of this manifest.'),
          sha256,
          bytes: z.int().min(0).max(MAX_FILE_BYTES),
        }),
      )
      .min(1)
      .max(1000),
    licence: z.string().min(1).max(200).optional().describe('SPDX expression or a short text.'),
  })
  .meta({ id: 'upload-manifest', title: 'Agent Forge upload manifest' });

export type UploadManifest = z.output<typeof uploadManifest>;
