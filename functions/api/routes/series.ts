/** /v1/runs/{id}/series: curves of a run in few points, each with the event or the record that it was read from. */
import * as z from 'zod';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { getSeries } from '#core/application/queries/get-series.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { ApiContext } from '../environment.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf } from '../schemas/paging.ts';
import { sampledSeries } from '../schemas/series.ts';

const MOST = 2000;
const LEAST = 4;
const USUAL = 500;

function pointsOf(given: string | undefined): number {
  if (given === undefined) return USUAL;
  if (/^\d{1,5}$/.test(given) && Number(given) >= LEAST && Number(given) <= MOST) return Number(given);
  throw new ForgeError(
    'malformed',
    `points is "${given.slice(0, 40)}", expected a whole number from ${LEAST} to ${MOST}.`,
    { code: 'invalid_query' },
  );
}

export function addSeriesRoute(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/series',
      tag: 'runs',
      summary: 'Curves of a run: the first, the last, and the extremes of what lies between',
      params: z.object({ id: z.string() }),
      query: z.object({
        phase: phaseSlug.optional(),
        measure: z.string().optional().meta({ description: 'Name of the one measure that is wanted.' }),
        points: z
          .string()
          .optional()
          .meta({ description: `Of each series, at most: ${LEAST} to ${MOST}; ${USUAL} if not said.` }),
      }),
      answers: { 200: listOf(sampledSeries) },
    },
    async (context) => {
      const phase = oneOf<PhaseSlug>('phase', context.req.query('phase'), phaseSlug.options);
      const measure = context.req.query('measure');
      const items = await getSeries(ports, context.var.principal, {
        run: context.req.param('id') ?? '',
        ...(phase ? { phase } : {}),
        ...(measure === undefined ? {} : { measure }),
        points: pointsOf(context.req.query('points')),
      });
      return context.json({ items });
    },
  );
}
