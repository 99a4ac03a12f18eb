/** /v1/corpora: the record that names uploaded documents. */
import * as z from 'zod';
import { name, sha256 } from '#contracts/source/scalars.ts';
import { registerCorpus } from '#core/application/commands/register-corpus.ts';
import { findCorpus } from '#core/application/queries/find-corpus.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { pager } from '../middleware/paging.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { corpus } from '../schemas/model.ts';
import { pageOf, pageQuery } from '../schemas/paging.ts';

const tag = 'corpora';

const corpusRequest = z.strictObject({
  name,
  sha256,
  licence: z.string().min(1).max(200).default('unknown').describe('SPDX expression or a short text.'),
});

export function addCorpusRoutes(app: ApiApp, api: ApiContext): void {
  addRegistration(app, api);
  addReading(app, api);
}

function addRegistration(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/corpora',
      tag,
      summary: 'Register uploaded documents as a corpus',
      body: corpusRequest,
      answers: { 201: corpus },
    },
    async (context) => {
      const made = await registerCorpus(
        ports,
        context.var.principal,
        await readJsonBody(context, corpusRequest),
      );
      context.header('location', `/v1/corpora/${made.id}`);
      return context.json(made, 201);
    },
  );
}

function addReading(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/corpora',
      tag,
      summary: 'List corpora, newest first',
      query: pageQuery,
      answers: { 200: pageOf(corpus) },
    },
    async (context) => {
      const { principal } = context.var;
      const page = await ports.corpora.list(principal.tenant, pages.read(principal, context.req.query()));
      return context.json(pages.write(principal, page));
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/corpora/{reference}',
      tag,
      summary: 'Get a corpus',
      params: z.object({ reference: z.string() }),
      answers: { 200: corpus },
    },
    async (context) =>
      context.json(await findCorpus(ports, context.var.principal, context.req.param('reference') ?? '')),
  );
}
