/** The HTTP API: one Hono application, the same on AWS Lambda and in the embedded server. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { ForgeError } from '#core/domain/errors.ts';
import { problemResponse } from '../shared/http-errors.ts';
import { telemetry } from '../shared/powertools.ts';
import { type AuditTrail, auditTrail, type Trail } from './audit-trail.ts';
import type { ApiContext, ApiEnvironment, ApiOptions, ApiPorts } from './environment.ts';
import { addCatalogueAliases } from './first-version/catalogue.ts';
import { addModelAliases } from './first-version/models.ts';
import { addReadingAliases } from './first-version/reading.ts';
import { addSessionAliases } from './first-version/sessions.ts';
import { countRequest } from './middleware/rate-limit.ts';
import { requestLimits } from './request-limits.ts';
import { isOpen } from './roles.ts';
import { type ApiApp, addRoute } from './route.ts';
import { addClaimRoutes } from './routes/claims.ts';
import { addControlRoutes } from './routes/control.ts';
import { addCorpusRoutes } from './routes/corpora.ts';
import { addCostRoutes } from './routes/costs.ts';
import { addEventRoutes } from './routes/events.ts';
import { addGarbageRoutes } from './routes/garbage.ts';
import { addImportRoutes } from './routes/imports.ts';
import { addKeyRoutes } from './routes/keys.ts';
import { addModelLifeRoutes } from './routes/model-life.ts';
import { addModelRoutes } from './routes/models.ts';
import { addPhaseRoutes } from './routes/phases.ts';
import { addPresetRoutes } from './routes/presets.ts';
import { addQuotaRoutes } from './routes/quotas.ts';
import { addRunStateRoutes } from './routes/run-state.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addSeriesRoute } from './routes/series.ts';
import { addUploadRoutes } from './routes/uploads.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';

export function createApi(ports: ApiPorts, options: ApiOptions): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnvironment>();
  const trails = auditTrail(ports);
  const api: ApiContext = {
    ports: { ...ports, registry: trails.registry },
    options,
    telemetry: telemetry('api'),
    requestLimits: requestLimits(ports, options.requestsPerMinute ?? null),
  };
  addFrame(app, api);
  addTrail(app, trails);
  addHealth(app, api);
  addPhaseRoutes(app);
  addClaimRoutes(app);
  addRunRoutes(app, api);
  addControlRoutes(app, api);
  addRunStateRoutes(app, api);
  addEventRoutes(app, api);
  addSeriesRoute(app, api);
  addUploadRoutes(app, api);
  addCorpusRoutes(app, api);
  addModelRoutes(app, api);
  addModelLifeRoutes(app, api);
  addImportRoutes(app, api);
  addGarbageRoutes(app, api);
  addPresetRoutes(app, api);
  addWebhookRoutes(app, api);
  addKeyRoutes(app, api);
  addQuotaRoutes(app, api);
  addCostRoutes(app, api);
  addSessionAliases(app, api);
  addReadingAliases(app, api);
  addCatalogueAliases(app, api);
  addModelAliases(app, api);
  addDocument(app, options);
  return app;
}

/** Request ids, security headers, authentication and the one way in which errors leave. */
function addFrame(app: ApiApp, api: ApiContext): void {
  const { ports, options, telemetry } = api;
  const { logger, count } = telemetry;
  app.use(async (context, next) => {
    context.set('requestId', crypto.randomUUID());
    await next();
  });
  for (const guard of options.guards ?? []) app.use(guard);
  app.use(async (context, next) => {
    if (!isOpen(context.req.method, context.req.path)) {
      const callerArn = options.callerArn?.(context);
      const authorization = context.req.header('authorization');
      context.set('principal', await ports.authenticator.authenticate({ authorization, callerArn }));
      await countRequest(api, context);
    }
    // Ahead of the answer: a header that is set on a finished answer costs a copy of the whole of it.
    context.header('x-request-id', context.var.requestId);
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    await next();
  });
  app.notFound((context) => {
    throw new ForgeError('not_found', `There is no ${context.req.method} ${context.req.path}.`, {
      code: 'no_such_route',
      hint: 'GET /v1/openapi.json lists every route.',
    });
  });
  app.onError((thrown, context) => {
    const { requestId = 'none', rateLimit } = context.var;
    const onServerError = (error: unknown) => {
      logger.error('request failed', { path: context.req.path, requestId, error });
      count('ServerError');
    };
    return problemResponse(thrown, context, requestId, onServerError, rateLimit);
  });
}

/** Reading leaves no trail. Whoever only asks what a verb would do has asked for nothing. */
function addTrail(app: ApiApp, trails: AuditTrail): void {
  app.use(async (context, next) => {
    const { method, path } = context.req;
    if (method === 'GET' || method === 'HEAD' || !context.var.principal) return next();
    if (context.req.query('dryRun') === 'true') return next();
    const { principal, requestId } = context.var;
    const trail: Trail = { principal, path, requestId, command: null, written: false };
    context.set('trail', trail);
    await trails.follow(trail, next, () => context.error);
  });
}

function addHealth(app: ApiApp, { options, ports }: ApiContext): void {
  const started = ports.clock.now().getTime();
  const health = z
    .object({ status: z.literal('ok'), version: z.string(), uptimeSeconds: z.number() })
    .meta({ id: 'Health' });
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/health',
      tag: 'server',
      summary: 'Is the server there',
      answers: { 200: health },
    },
    (context) => {
      const uptimeSeconds = (ports.clock.now().getTime() - started) / 1000;
      return context.json({ status: 'ok', version: options.version, uptimeSeconds });
    },
  );
}

function addDocument(app: ApiApp, { version }: ApiOptions): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const facts = {
    openapi: '3.1.0',
    info: {
      title: 'Agent Forge',
      version,
      description: 'Builds small language models end to end.',
      license: { name: 'Apache-2.0' },
    },
  };
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/openapi.json',
      tag: 'server',
      summary: 'This document',
      answers: { 200: z.looseObject({ openapi: z.string() }) },
    },
    (context) => context.json(app.getOpenAPI31Document(facts)),
  );
}
