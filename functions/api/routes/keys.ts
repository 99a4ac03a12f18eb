/** /v1/keys: make, list, revoke API keys; /v1/audit: who asked for what. */
import * as z from 'zod';
import { endKey, makeKey } from '#core/application/commands/change-key.ts';
import { shownKey } from '#core/domain/api-key.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { apiKey, auditEntry, keyBody, newApiKey } from '../schemas/access.ts';
import { pageOf, pageQuery } from '../schemas/paging.ts';

const tag = 'access';

export function addKeyRoutes(app: ApiApp, api: ApiContext): void {
  addMaking(app, api);
  addListing(app, api);
  addRevoking(app, api);
  addAudit(app, api);
}

function addMaking(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/keys',
      tag,
      summary: 'Make an API key; the answer shows it once',
      body: keyBody,
      answers: { 201: newApiKey },
    },
    async (context) => {
      const wanted = await readJsonBody(context, keyBody);
      const { key, text } = await makeKey(ports, context.var.principal, wanted);
      context.header('location', `/v1/keys/${key.id}`);
      return context.json({ ...shownKey(key), key: text }, 201);
    },
  );
}

function addListing(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/keys',
      tag,
      summary: 'List API keys by what they begin with, newest first',
      query: pageQuery,
      answers: { 200: pageOf(apiKey) },
    },
    async (context) => {
      const { principal } = context.var;
      const page = await ports.keys.list(principal.tenant, pages.read(principal, context.req.query()));
      return context.json(pages.write(principal, { ...page, items: page.items.map(shownKey) }));
    },
  );
}

function addRevoking(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'delete',
      path: '/v1/keys/{id}',
      tag,
      summary: 'Revoke an API key for good; it stays in the list',
      params: z.object({ id: z.string() }),
      answers: { 200: apiKey },
    },
    async (context) =>
      context.json(shownKey(await endKey(ports, context.var.principal, context.req.param('id') ?? ''))),
  );
}

function addAudit(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/audit',
      tag,
      summary: 'Who asked for which change, newest first',
      query: pageQuery,
      answers: { 200: pageOf(auditEntry) },
    },
    async (context) => {
      const { principal } = context.var;
      const page = await ports.audit.list(principal.tenant, pages.read(principal, context.req.query()));
      return context.json(pages.write(principal, page));
    },
  );
}
