/** /v1/webhooks: who is told of the events of runs. */
import * as z from 'zod';
import type { EventType } from '#contracts/source/event-types.ts';
import { createWebhook, deleteWebhook, testWebhook } from '#core/application/commands/change-webhooks.ts';
import { findWebhook, listDeliveries, listWebhooks } from '#core/application/queries/find-webhook.ts';
import type { Delivery } from '#core/domain/webhook.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf, pageOf, pageQuery } from '../schemas/paging.ts';
import { createdWebhook, delivery, testedWebhook, webhook, webhookBody } from '../schemas/webhook.ts';

const tag = 'webhooks';
const PATH = '/v1/webhooks';
const ONE = `${PATH}/{id}`;
const byId = z.object({ id: z.string() });

export function addWebhookRoutes(app: ApiApp, api: ApiContext): void {
  addChanging(app, api);
  addReading(app, api);
  addTelling(app, api);
}

function addChanging(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: PATH,
      tag,
      summary: 'Create a webhook; its secret is answered this once',
      body: webhookBody,
      answers: { 201: createdWebhook },
    },
    async (context) => {
      const { url, events } = await readJsonBody(context, webhookBody);
      const wanted = { url, events: events as readonly EventType[] };
      const made = await createWebhook(ports, context.var.principal, wanted);
      context.header('location', `${PATH}/${made.webhook.id}`);
      return context.json(made, 201);
    },
  );
  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      tag,
      summary: 'Delete a webhook; what waits for it is not sent any more',
      params: byId,
      answers: { 204: null },
    },
    async (context) => {
      await deleteWebhook(ports, context.var.principal, context.req.param('id') ?? '');
      return context.body(null, 204);
    },
  );
}

function addReading(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    { method: 'get', path: PATH, tag, summary: 'List webhooks', answers: { 200: listOf(webhook) } },
    async (context) => context.json({ items: await listWebhooks(ports, context.var.principal) }),
  );
  addRoute(
    app,
    { method: 'get', path: ONE, tag, summary: 'Get a webhook', params: byId, answers: { 200: webhook } },
    async (context) =>
      context.json(await findWebhook(ports, context.var.principal, context.req.param('id') ?? '')),
  );
}

function shown({ id, type, run, status, attempts, nextAttemptAt, outcome, createdAt, updatedAt }: Delivery) {
  return { id, type, run, status, attempts, nextAttemptAt, outcome, createdAt, updatedAt };
}

function addTelling(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/deliveries`,
      tag,
      summary: 'Messages to a webhook of the last 30 days, newest first, and what came of them',
      params: byId,
      query: pageQuery,
      answers: { 200: pageOf(delivery) },
    },
    async (context) => {
      const { principal } = context.var;
      const request = pages.read(principal, context.req.query());
      const page = await listDeliveries(ports, principal, context.req.param('id') ?? '', request);
      const { items, next } = pages.write(principal, page);
      return context.json({ items: items.map(shown), next });
    },
  );
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/test`,
      tag,
      summary: 'Send a test message at once; a disabled webhook that takes it is active again',
      params: byId,
      answers: { 200: testedWebhook },
    },
    async (context) =>
      context.json(await testWebhook(ports, context.var.principal, context.req.param('id') ?? '')),
  );
}
