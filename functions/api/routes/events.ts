/** /v1/runs/{id}/events: one event store, as pages of JSON and as a stream that goes on where a client left off. */
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { event, type ForgeEvent } from '#contracts/source/event.ts';
import { getRun } from '#core/application/queries/get-run.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { ApiContext, ApiEnvironment } from '../environment.ts';
import { type ApiApp, addRoute } from '../route.ts';

const BATCH = 500;
const PING_MS = 15_000;
const ENDINGS: readonly string[] = ['RunCompleted', 'RunFailed', 'RunCancelled'];

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
        const answer = streamSSE(context, (stream) => follow(api, stream, { tenant, run: id, after }));
        // Hono says `no-cache`, which would let a cache keep what it has to ask for again.
        answer.headers.set('cache-control', 'no-store');
        return answer;
      }
      const items = await ports.events.read(tenant, id, after, BATCH);
      const next = items.length === BATCH ? (items.at(-1)?.seq ?? null) : null;
      return context.json({ items, next });
    },
  );
}

/** Sends what is there, waits for more, and ends after the run's last event. Control frames carry no id. */
async function follow(
  { ports, options }: ApiContext,
  stream: SSEStreamingApi,
  { tenant, run, after }: { tenant: string; run: string; after: number },
): Promise<void> {
  const until = Date.now() + (options.streamSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  let last = after;
  let pinged = Date.now();
  while (!stream.aborted && Date.now() < until) {
    const batch = await ports.events.read(tenant, run, last, BATCH);
    for (const each of batch) await send(stream, each);
    last = batch.at(-1)?.seq ?? last;
    if (
      batch.some((each) => ENDINGS.includes(each.type)) ||
      (batch.length === 0 && (await ended(ports, tenant, run)))
    ) {
      await stream.writeSSE({ event: 'end', data: '{}' });
      return;
    }
    if (batch.length > 0) continue;
    if (Date.now() - pinged >= PING_MS) {
      await stream.write(': ping\n\n');
      pinged = Date.now();
    }
    // Listening before the last look: what comes between the two is not waited for.
    const news = ports.events.waitForNews(tenant, run, 1000);
    const late = await ports.events.read(tenant, run, last, 1);
    if (late.length === 0) await news;
  }
}

function send(stream: SSEStreamingApi, each: ForgeEvent): Promise<void> {
  return stream.writeSSE({ id: String(each.seq), event: each.type, data: JSON.stringify(each) });
}

/** True for a run that had ended before the client came, so that nobody waits for an event that was sent already. */
async function ended({ runs, events }: ApiContext['ports'], tenant: string, run: string): Promise<boolean> {
  const found = await runs.get(tenant, run);
  if (found?.endedAt == null) return false;
  const all = await events.read(tenant, run, 0, 1);
  return all.length > 0;
}
