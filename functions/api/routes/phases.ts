/** /v1/phases: the catalogue, with the schema of each phase's settings. */
import * as z from 'zod';
import { PHASE_SLUGS, type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { SETTINGS } from '#contracts/source/phases/settings.ts';
import { PHASES, phaseDefinition } from '#core/domain/phase.ts';
import { requiredWord } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { listOf } from '../schemas/paging.ts';

const tag = 'phases';
const definition = z
  .looseObject({
    slug: phaseSlug,
    number: z.int(),
    title: z.string(),
    summary: z.string(),
    available: z.boolean(),
    accepts: z.array(z.looseObject({ name: z.string(), why: z.string() })),
    produces: z.array(z.looseObject({ name: z.string(), why: z.string() })),
    gates: z.array(z.looseObject({ metric: z.string() })),
    stages: z.array(
      z.looseObject({
        name: z.string(),
        kind: z.string(),
        size: z.union([z.int(), z.object({ setting: z.string() })]),
        repeat: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Phase' });
const described = definition
  .extend({ settings: z.record(z.string(), z.unknown()) })
  .meta({ id: 'PhaseDescription' });

export function addPhaseRoutes(app: ApiApp): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/phases',
      tag,
      summary: 'List the eight phases',
      answers: { 200: listOf(definition) },
    },
    (context) => context.json({ items: PHASES }),
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/phases/{slug}',
      tag,
      summary: 'Describe a phase',
      params: z.object({ slug: z.string() }),
      answers: { 200: described },
    },
    (context) => {
      const slug = requiredWord<PhaseSlug>('slug', context.req.param('slug') ?? '', PHASE_SLUGS);
      const settings = z.toJSONSchema(SETTINGS[slug], { io: 'input' });
      return context.json({ ...phaseDefinition(slug), settings });
    },
  );
}
