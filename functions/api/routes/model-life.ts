/** /v1/models/{reference}: archive, quarantine, delete, restore, promote; and the metadata document. */
import type { Context } from 'hono';
import * as z from 'zod';
import { modelMetadata } from '#contracts/source/model-metadata.ts';
import { changeModelStatus, type ModelAct } from '#core/application/commands/change-model-status.ts';
import { promoteModel } from '#core/application/commands/promote-model.ts';
import { findAnyModel, findCandidate, findModel } from '#core/application/queries/find-model.ts';
import { getModelMetadata } from '#core/application/queries/get-model-metadata.ts';
import type { Model } from '#core/domain/model.ts';
import type { ApiContext, ApiEnvironment } from '../environment.ts';
import { etagOf, expectedVersion, underPrecondition } from '../middleware/etag.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { model } from '../schemas/model.ts';

const tag = 'models';
const byReference = z.object({
  reference: z.string().meta({ description: 'Id, name, name@version, name@latest or name@alias.' }),
});
const ifMatch = z.object({ 'if-match': z.string().optional().meta({ description: 'ETag of the model.' }) });
const reason = z.string().trim().min(1).max(500);
const reasonBody = z.strictObject({ reason }).meta({ id: 'StatusReason' });

const promotion = z
  .strictObject({
    alias: z.string().min(1).max(64).meta({ description: 'Such as best or production; not latest.' }),
  })
  .meta({ id: 'Promotion' });

const SUMMARIES = {
  archive: 'Take a model out of use, its files stay',
  restore: 'Bring a model back that was archived, quarantined or deleted',
  quarantine: 'Refuse a model to every run until it is restored',
} as const;

export function addModelLifeRoutes(app: ApiApp, api: ApiContext): void {
  for (const act of ['archive', 'restore', 'quarantine'] as const) addAct(app, api, act);
  addDeletion(app, api);
  addPromotion(app, api);
  addMetadata(app, api);
}

/** What is to be restored is found whatever became of it; everything else acts on what is there. */
function find({ ports }: ApiContext, context: Context<ApiEnvironment>, act: ModelAct): Promise<Model> {
  const reference = context.req.param('reference') ?? '';
  const findOne = act === 'restore' ? findAnyModel : findModel;
  return findOne(ports, context.var.principal, reference);
}

async function carryOut(
  api: ApiContext,
  context: Context<ApiEnvironment>,
  act: ModelAct,
  readReason: () => Promise<string>,
): Promise<Response> {
  const { principal } = context.var;
  const found = await find(api, context, act);
  expectedVersion(context, found.recordVersion);
  const request = { act, model: found, reason: await readReason() };
  const changed = await underPrecondition(changeModelStatus(api.ports, principal, request));
  context.header('etag', etagOf(changed.recordVersion));
  return context.json(changed);
}

function addAct(app: ApiApp, api: ApiContext, act: keyof typeof SUMMARIES): void {
  addRoute(
    app,
    {
      method: 'post',
      path: `/v1/models/{reference}/${act}`,
      tag,
      summary: SUMMARIES[act],
      params: byReference,
      headers: ifMatch,
      body: reasonBody,
      answers: { 200: model },
    },
    (context) => carryOut(api, context, act, async () => (await readJsonBody(context, reasonBody)).reason),
  );
}

function addDeletion(app: ApiApp, api: ApiContext): void {
  addRoute(
    app,
    {
      method: 'delete',
      path: '/v1/models/{reference}',
      tag,
      summary: 'Delete a model; for seven days it can be restored',
      params: byReference,
      query: z.object({ reason: reason.optional() }),
      headers: ifMatch,
      answers: { 200: model },
    },
    (context) => carryOut(api, context, 'delete', async () => readQueryReason(context.req.query('reason'))),
  );
}

function addPromotion(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/models/{reference}/promote',
      tag,
      summary: 'Point an alias of the name at this version, once its files are verified',
      params: byReference,
      headers: ifMatch,
      body: promotion,
      answers: { 200: model },
    },
    async (context) => {
      const { principal } = context.var;
      const found = await findCandidate(ports, principal, context.req.param('reference') ?? '');
      expectedVersion(context, found.recordVersion);
      const { alias } = await readJsonBody(context, promotion);
      const promoted = await underPrecondition(promoteModel(ports, principal, { model: found, alias }));
      context.header('etag', etagOf(promoted.recordVersion));
      return context.json(promoted);
    },
  );
}

function readQueryReason(given: string | undefined): string {
  return (given ?? '').trim().slice(0, 500) || 'no reason given';
}

function addMetadata(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/models/{reference}/metadata',
      tag,
      summary: 'Identity, lineage, linked figures, licences and how to make it again, in one document',
      params: byReference,
      answers: { 200: modelMetadata },
    },
    async (context) =>
      context.json(
        await getModelMetadata(ports, context.var.principal, context.req.param('reference') ?? ''),
      ),
  );
}
