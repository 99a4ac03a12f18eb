/** /v1/costs: what runs have cost, and what was planned. */
import * as z from 'zod';
import { costs } from '#contracts/source/costs.ts';
import { listCosts } from '#core/application/queries/list-costs.ts';
import type { ApiContext } from '../environment.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';

const BY = costs.shape.by.options;

export function addCostRoutes(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/costs',
      tag: 'costs',
      summary: 'What runs have cost, by run, phase, model or attempt',
      query: z.object({ by: costs.shape.by.optional(), run: z.string().optional() }),
      answers: { 200: costs },
    },
    async (context) => {
      const by = oneOf('by', context.req.query('by'), BY) ?? 'run';
      return context.json(
        await listCosts(ports, context.var.principal, { by, run: context.req.query('run') }),
      );
    },
  );
}
