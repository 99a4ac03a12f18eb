/** /v1/runs/{id}/gates and /v1/runs/{id}/topology: how a run stands. */
import * as z from 'zod';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { getTopology } from '#core/application/queries/get-topology.ts';
import { listGates } from '#core/application/queries/list-gates.ts';
import type { ApiContext } from '../environment.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { runGates, topology } from '../schemas/run-state.ts';

const tag = 'runs';
const byId = z.object({ id: z.string() });

export function addRunStateRoutes(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/gates',
      tag,
      summary: 'The gates of a run, with verdicts and the metric records they were read from',
      params: byId,
      query: z.object({ phase: phaseSlug.optional() }),
      answers: { 200: runGates },
    },
    async (context) => {
      const phase = oneOf<PhaseSlug>('phase', context.req.query('phase'), phaseSlug.options);
      return context.json(
        await listGates(ports, context.var.principal, context.req.param('id') ?? '', phase),
      );
    },
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/topology',
      tag,
      summary: 'The execution plan of a run: phases, stages, jobs, hand-overs, and how far each has come',
      params: byId,
      answers: { 200: topology },
    },
    async (context) =>
      context.json(await getTopology(ports, context.var.principal, context.req.param('id') ?? '')),
  );
}
