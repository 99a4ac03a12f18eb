/** /v1/models: list, get, lineage, verify; /v1/artifacts: fetch by hash. */
import * as z from 'zod';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { findAnyModel, findModel } from '#core/application/queries/find-model.ts';
import { getLineage } from '#core/application/queries/get-lineage.ts';
import { verifyModel } from '#core/application/queries/verify-model.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { ModelStatus } from '#core/domain/model.ts';
import type { ModelFilter } from '#core/ports/model-reader.ts';
import type { ApiContext } from '../environment.ts';
import { respondVersioned } from '../middleware/etag.ts';
import { pager } from '../middleware/paging.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { lineage, model, modelStatus, modelVerdict } from '../schemas/model.ts';
import { pageOf, pageQuery } from '../schemas/paging.ts';

const tag = 'models';
const byReference = z.object({
  reference: z.string().meta({ description: 'Id, name, name@version, name@latest or name@alias.' }),
});
const DOWNLOAD_SECONDS = 300;

export function addModelRoutes(app: ApiApp, api: ApiContext): void {
  addList(app, api);
  addSingle(app, api);
  addArtifacts(app, api);
}

function readFilter(query: Record<string, string>): ModelFilter {
  const { name, run, parent } = query;
  const phase = oneOf<PhaseSlug>('phase', query.phase, phaseSlug.options);
  const status = oneOf<ModelStatus>('status', query.status, modelStatus.options);
  return {
    ...(name === undefined ? {} : { name }),
    ...(run === undefined ? {} : { run }),
    ...(parent === undefined ? {} : { parent }),
    ...(phase === undefined ? {} : { phase }),
    ...(status === undefined ? {} : { status }),
  };
}

function addList(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  const query = pageQuery.extend({
    name: z.string().optional(),
    run: z.string().optional(),
    parent: z.string().optional(),
    phase: phaseSlug.optional(),
    status: modelStatus.optional(),
  });
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/models',
      tag,
      summary: 'List models, newest first',
      query,
      answers: { 200: pageOf(model) },
    },
    async (context) => {
      const { principal } = context.var;
      const filter = readFilter(context.req.query());
      const page = await ports.models.list(
        principal.tenant,
        filter,
        pages.read(principal, context.req.query()),
      );
      return context.json(pages.write(principal, page));
    },
  );
}

function addSingle(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/models/{reference}',
      tag,
      summary: 'Get a model',
      params: byReference,
      query: z.object({ deleted: z.enum(['true', 'false']).optional() }),
      answers: { 200: model, 304: null },
    },
    async (context) => {
      const deleted = oneOf('deleted', context.req.query('deleted'), ['true', 'false']);
      const find = deleted === 'true' ? findAnyModel : findModel;
      const found = await find(ports, context.var.principal, context.req.param('reference') ?? '');
      return respondVersioned(context, found, found.recordVersion);
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/models/{reference}/lineage',
      tag,
      summary: 'Where a model came from',
      params: byReference,
      answers: { 200: lineage },
    },
    async (context) =>
      context.json(await getLineage(ports, context.var.principal, context.req.param('reference') ?? '')),
  );
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/models/{reference}/verify',
      tag,
      summary: 'Hash the files of a model again',
      params: byReference,
      answers: { 200: modelVerdict },
    },
    async (context) =>
      context.json(await verifyModel(ports, context.var.principal, context.req.param('reference') ?? '')),
  );
}

function addArtifacts(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/artifacts/{sha256}',
      tag,
      summary: 'Fetch an artifact by its hash',
      params: z.object({ sha256: z.string() }),
      answers: { 302: null },
    },
    async (context) => {
      const key = contentKey(context.var.principal.tenant, context.req.param('sha256') ?? '');
      if (!(await ports.blobs.head(key))) {
        throw new ForgeError('not_found', `There is no artifact ${context.req.param('sha256')}.`);
      }
      return context.redirect(await ports.blobs.presignGet(key, DOWNLOAD_SECONDS), 302);
    },
  );
}
