/** /v1/runs/{id}/events: one event store, as pages of JSON and as a stream that goes on where a client left off. */
import type { Context } from 'hono';
import * as z from 'zod';
import { event } from '#contracts/source/event.ts';
import { findReplayStart } from '#core/application/queries/find-replay-start.ts';
import { getRun } from '#core/application/queries/get-run.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { ApiContext, ApiEnvironment } from '../environment.ts';
import { eventStream } from '../event-stream.ts';
import { type ApiApp, addRoute } from '../route.ts';

const BATCH = 500;

/** Where to go on: the header of a reconnecting EventSource wins over the query. */
function readAfter(context: Context<ApiEnvironment>): number {
  const given = context.req.header('last-event-id') ?? context.req.query('after') ?? '0';
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new ForgeError('malformed', `"${given.slice(0, 40)}" is no event number.`, {
    code: 'invalid_event_id',
    hint: 'Send the id of the last event you saw, or 0.',
  });
}

export function addEventRoutes(app: ApiApp, api: ApiContext): void {
  const { ports } = api;
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/events',
      tag: 'runs',
      summary: 'Events of a run: a page of JSON, or a stream under text/event-stream',
      params: z.object({ id: z.string() }),
      query: z.object({ after: z.string().optional() }),
      answers: { 200: z.object({ items: z.array(event), next: z.int().nullable() }) },
      alsoAs: ['text/event-stream'],
    },
    async (context) => {
      const after = readAfter(context);
      const { tenant } = context.var.principal;
      const { id } = await getRun(ports, context.var.principal, context.req.param('id') ?? '');
      if (context.req.header('accept')?.includes('text/event-stream')) {
        const start = await findReplayStart(ports, { tenant, run: id, after });
        const stream = eventStream(api, { tenant, run: id, ...start });
        return context.body(stream, 200, { 'content-type': 'text/event-stream' });
      }
      const items = await ports.events.read(tenant, id, after, BATCH);
      const next = items.length === BATCH ? (items.at(-1)?.seq ?? null) : null;
      return context.json({ items, next });
    },
  );
}
