/** /api/models: the model registry under the paths of the first version. */
import * as z from 'zod';
import { findModel } from '#core/application/queries/find-model.ts';
import { verifyModel } from '#core/application/queries/verify-model.ts';
import type { Model } from '#core/domain/model.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import type { ApiApp } from '../route.ts';
import { pageQuery } from '../schemas/paging.ts';
import { addAlias } from './alias.ts';
import { oldModels, oneOldModel, validateBody, validated } from './schemas.ts';

const PREFIX = ['/api/models'];

function shownModel(model: Model) {
  const { id, name, version, phase, runId, status, architecture, parents, createdAt } = model;
  return {
    id,
    name,
    version,
    phase,
    session_id: runId,
    status,
    parameter_count: architecture.parameters,
    size_mb: architecture.bytes / 1e6,
    parent_ids: parents.map(({ modelId }) => modelId),
    created_at: createdAt,
  };
}

export function addModelAliases(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addAlias(
    app,
    {
      method: 'get',
      path: '/available',
      summary: 'Models, newest first',
      successor: 'GET /v1/models',
      query: pageQuery,
      answers: { 200: oldModels },
    },
    async (context) => {
      const { principal } = context.var;
      const request = pages.read(principal, context.req.query());
      const { items, next } = pages.write(principal, await ports.models.list(principal.tenant, {}, request));
      return context.json({ models: items.map(shownModel), next });
    },
    PREFIX,
  );
  addAlias(
    app,
    {
      method: 'post',
      path: '/validate',
      summary: 'Hash the files of a model again',
      successor: 'POST /v1/models/{reference}/verify',
      body: validateBody,
      answers: { 200: validated },
    },
    async (context) => {
      const { model_id } = await readJsonBody(context, validateBody);
      const { model, ok, files } = await verifyModel(ports, context.var.principal, model_id);
      return context.json({ model_id: model, valid: ok, files });
    },
    PREFIX,
  );
  addAlias(
    app,
    {
      method: 'get',
      path: '/{model_id}',
      summary: 'Get a model',
      successor: 'GET /v1/models/{reference}',
      params: z.object({ model_id: z.string() }),
      answers: { 200: oneOldModel },
    },
    async (context) => {
      const id = context.req.param('model_id') ?? '';
      return context.json(shownModel(await findModel(ports, context.var.principal, id)));
    },
    PREFIX,
  );
}
