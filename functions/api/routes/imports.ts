/** POST /v1/models: uploaded files become a registered model. */
import * as z from 'zod';
import { modelParent } from '#contracts/source/result-manifest.ts';
import { name, sha256 } from '#contracts/source/scalars.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import type { ApiContext } from '../environment.ts';
import { etagOf } from '../middleware/etag.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { model } from '../schemas/model.ts';

/** As for uploads. */
const MAX_FILE_BYTES = 5 * 1024 ** 3;

// Paths are judged by the domain, which has a code for each way in which they can be wrong.
const offeredFile = z.strictObject({
  path: z.string().min(1).max(300),
  sha256,
  bytes: z.int().min(0).max(MAX_FILE_BYTES),
});
// As many as one transaction can write on every store, beside the model and its name.
const MAX_PARENTS = 64;

const namedParent = z.strictObject({
  model: z.string().min(1).max(100).describe('Id, name, name@3, name@latest or name@alias.'),
  relation: modelParent.shape.relation,
  weight: z.number().optional().describe('Its share of the model; 1 where it is left out.'),
});
const importRequest = z
  .strictObject({
    name,
    files: z.array(offeredFile).min(1).max(1000),
    licence: z.string().min(1).max(200).optional().describe('SPDX expression or a short text.'),
    parents: z
      .array(namedParent)
      .max(MAX_PARENTS)
      .optional()
      .describe('Registered models that it was made from, for its lineage.'),
  })
  .meta({ id: 'ModelImport' });

export function addImportRoutes(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/models',
      tag: 'models',
      summary: 'Register uploaded files as a model, after checking and measuring them',
      body: importRequest,
      answers: { 200: model, 201: model },
    },
    async (context) => {
      const wanted = await readJsonBody(context, importRequest);
      const { model: made, created } = await importModel(ports, context.var.principal, wanted);
      context.header('location', `/v1/models/${made.id}`);
      context.header('etag', etagOf(made.recordVersion));
      return context.json(made, created ? 201 : 200);
    },
  );
}
