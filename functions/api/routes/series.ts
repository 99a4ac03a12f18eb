/** /v1/runs/{id}/series: curves of a run in few points, each with the event or the record that it was read from. */
import * as z from 'zod';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { getSeries } from '#core/application/queries/get-series.ts';
import type { ApiContext } from '../environment.ts';
import { oneOf, wholeNumber } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf } from '../schemas/paging.ts';
import { sampledSeries } from '../schemas/series.ts';

const MOST = 2000;
const LEAST = 4;
const USUAL = '500';

export function addSeriesRoute(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/series',
      tag: 'runs',
      summary: 'Curves of a run',
      params: z.object({ id: z.string() }),
      query: z.object({
        phase: phaseSlug.optional(),
        measure: z.string().optional(),
        points: z.string().optional(),
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
        points: wholeNumber('points', context.req.query('points') ?? USUAL, LEAST, MOST),
      });
      return context.json({ items });
    },
  );
}
