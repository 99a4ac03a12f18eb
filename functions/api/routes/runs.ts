/** /v1/runs: submit, list, get, and what a run left: events, metrics, report, logs. */
import * as z from 'zod';
import { metricRecord } from '#contracts/source/metric-record.ts';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { runReport, runStatus } from '#contracts/source/report.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import { getReport } from '#core/application/queries/get-report.ts';
import { getRun } from '#core/application/queries/get-run.ts';
import { listMetrics } from '#core/application/queries/list-metrics.ts';
import { planRun } from '#core/application/queries/plan-run.ts';
import { RUN_STATUSES, type RunStatus } from '#core/domain/run.ts';
import type { ApiContext } from '../environment.ts';
import { respondVersioned } from '../middleware/etag.ts';
import { requireIdempotencyKey } from '../middleware/idempotency-key.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import { oneOf, wholeNumber } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf, pageOf, pageQuery } from '../schemas/paging.ts';
import { attemptLog, run, runPlan, runSummary } from '../schemas/run.ts';

const tag = 'runs';
const byId = z.object({ id: z.string() });
const phaseQuery = z.object({ phase: phaseSlug.optional() });

export function addRunRoutes(app: ApiApp, api: ApiContext): void {
  addSubmission(app, api);
  addReading(app, api);
  addOutcome(app, api);
  addLogs(app, api);
}

function addSubmission(app: ApiApp, { ports }: ApiContext): void {
  const headers = z.object({
    'idempotency-key': z.string().meta({ description: 'Repeats of one submission carry one key.' }),
  });
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/runs',
      tag,
      summary: 'Submit a run',
      headers,
      body: runDocument,
      answers: { 202: run },
    },
    async (context) => {
      const idempotencyKey = requireIdempotencyKey(context.req.header('idempotency-key'));
      const document = await readJsonBody(context, runDocument);
      const submitted = await submitRun(ports, context.var.principal, { document, idempotencyKey });
      context.header('location', `/v1/runs/${submitted.id}`);
      return context.json(submitted, 202);
    },
  );
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/plan',
      tag,
      summary: 'What a run would do, without submitting it',
      body: runDocument,
      answers: { 200: runPlan },
    },
    async (context) => {
      const document = await readJsonBody(context, runDocument);
      return context.json(await planRun(ports, context.var.principal, document));
    },
  );
}

function addReading(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  const query = pageQuery.extend({ status: runStatus.optional() });
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs',
      tag,
      summary: 'List runs, newest first',
      query,
      answers: { 200: pageOf(runSummary) },
    },
    async (context) => {
      const { principal } = context.var;
      const status = oneOf<RunStatus>('status', context.req.query('status'), RUN_STATUSES);
      const page = await ports.runs.list(
        principal.tenant,
        status ? { status } : {},
        pages.read(principal, context.req.query()),
      );
      return context.json(pages.write(principal, page));
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}',
      tag,
      summary: 'Get a run',
      params: byId,
      answers: { 200: run, 304: null },
    },
    async (context) => {
      const found = await getRun(ports, context.var.principal, context.req.param('id') ?? '');
      return respondVersioned(context, found, found.version);
    },
  );
}

function addOutcome(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/metrics',
      tag,
      summary: 'Metric records of a run',
      params: byId,
      query: phaseQuery,
      answers: { 200: listOf(metricRecord) },
    },
    async (context) => {
      const phase = oneOf<PhaseSlug>('phase', context.req.query('phase'), phaseSlug.options);
      const items = await listMetrics(ports, context.var.principal, context.req.param('id') ?? '', phase);
      return context.json({ items });
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/report',
      tag,
      summary: 'The report of a run',
      params: byId,
      answers: { 200: runReport },
      alsoAs: ['text/markdown'],
    },
    async (context) => {
      const markdown = context.req.header('accept')?.includes('text/markdown') ?? false;
      const text = await getReport(
        ports,
        context.var.principal,
        context.req.param('id') ?? '',
        markdown ? 'md' : 'json',
      );
      return context.body(text, 200, {
        'content-type': markdown ? 'text/markdown; charset=utf-8' : 'application/json',
      });
    },
  );
}

function addLogs(app: ApiApp, { ports }: ApiContext): void {
  const logQuery = phaseQuery.extend({
    stage: z.string().optional(),
    index: z.string().optional(),
    tail: z.string().optional(),
  });
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/logs',
      tag,
      summary: 'Logs of the jobs of a run',
      params: byId,
      query: logQuery,
      answers: { 200: listOf(attemptLog) },
    },
    async (context) => {
      const { id } = await getRun(ports, context.var.principal, context.req.param('id') ?? '');
      const { stage, index, tail } = context.req.query();
      const phase = oneOf<PhaseSlug>('phase', context.req.query('phase'), phaseSlug.options);
      const filter = {
        ...(phase ? { phase } : {}),
        ...(stage === undefined ? {} : { stage }),
        ...(index === undefined ? {} : { index: wholeNumber('index', index) }),
        ...(tail === undefined ? {} : { tail: wholeNumber('tail', tail) }),
      };
      return context.json({ items: await ports.logs.read(context.var.principal.tenant, id, filter) });
    },
  );
}
