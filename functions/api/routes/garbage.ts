/** POST /v1/gc: frees what nothing needs any more, or says what that would be. */
import * as z from 'zod';
import { ulid } from '#contracts/source/scalars.ts';
import { collectGarbage } from '#core/application/commands/collect-garbage.ts';
import type { ApiContext } from '../environment.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { type ApiApp, addRoute } from '../route.ts';

const garbageRequest = z
  .strictObject({
    dryRun: z.boolean().describe('Say what would be freed and free nothing.'),
    olderThanDays: z.number().min(0).max(36_500).optional().describe('Runs that ended so long ago.'),
    keepLatestRuns: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe('So many newest runs keep their files.'),
    run: ulid.optional().describe('This run only.'),
    testRunsOnly: z.boolean().optional().describe('Runs of the preset `test` or labelled `purpose: test`.'),
  })
  .meta({ id: 'GarbageRequest' });

const freed = z.object({ count: z.int(), bytes: z.int() });
const classes = z.enum(['staging', 'checkpoints', 'tasks', 'blobs']);
const garbageReport = z
  .object({
    dryRun: z.boolean(),
    runs: z.array(ulid),
    models: z.array(z.string()),
    freed: z.object({
      staging: freed,
      checkpoints: freed,
      tasks: freed,
      tombstones: freed,
      blobs: freed,
    }),
    total: freed,
    keys: z.array(z.object({ key: z.string(), class: classes, bytes: z.int() })),
    keysLeftOut: z.int(),
  })
  .meta({ id: 'GarbageReport' });

export function addGarbageRoutes(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/gc',
      tag: 'server',
      summary: 'Collect garbage: working files of chosen runs, expired tombstones, blobs that nothing names',
      body: garbageRequest,
      answers: { 200: garbageReport },
    },
    async (context) => {
      const request = await readJsonBody(context, garbageRequest);
      // Only asking is no command.
      if (request.dryRun && context.var.trail) context.var.trail.command = null;
      return context.json(await collectGarbage(ports, context.var.principal, request));
    },
  );
}
