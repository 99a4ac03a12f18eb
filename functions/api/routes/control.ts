/** /v1/runs/{id}/…: pause, resume, cancel, retry, fork, what each of them would do, and from which checkpoints. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type PhaseSlug, phaseSlug } from '#contracts/source/phase-slugs.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { type CopyWish, copyRun, planCopy } from '#core/application/commands/copy-run.ts';
import { pauseRun, requirePausable } from '#core/application/commands/pause-run.ts';
import { type ResumeWish, requireResumable, resumeRun } from '#core/application/commands/resume-run.ts';
import { type Decisions, decideResume } from '#core/application/queries/decide-phases.ts';
import { getRun } from '#core/application/queries/get-run.ts';
import { listCheckpoints } from '#core/application/queries/list-checkpoints.ts';
import { validationError } from '#core/domain/validation-error.ts';
import type { ApiContext, ApiEnvironment } from '../environment.ts';
import { requireIdempotencyKey } from '../middleware/idempotency-key.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { oneOf } from '../middleware/query.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { checkpoint, decisions, forkBody, retryBody } from '../schemas/control.ts';
import { listOf } from '../schemas/paging.ts';
import { run } from '../schemas/run.ts';

const tag = 'runs';
const byId = z.object({ id: z.string() });
const words = ['true', 'false'] as const;
const dryRunQuery = z.object({ dryRun: z.enum(words).optional() });
const resumeQuery = dryRunQuery.extend({
  maxUsd: z.string().optional().meta({ description: 'What the run may cost from now on, in USD.' }),
});
const VERBS = ['pause', 'resume', 'cancel', 'retry', 'fork'] as const;

type Request = Context<ApiEnvironment>;

const idOf = (context: Request) => context.req.param('id') ?? '';
const isDryRun = (context: Request) => oneOf('dryRun', context.req.query('dryRun'), words) === 'true';

export function addControlRoutes(app: ApiApp, api: ApiContext): void {
  addGoingOn(app, api, 'pause');
  addGoingOn(app, api, 'resume');
  addGoingOn(app, api, 'cancel');
  addCopying(app, api, 'retry');
  addCopying(app, api, 'fork');
  addDecisions(app, api);
  addCheckpoints(app, api);
}

const ACTS = { pause: pauseRun, cancel: cancelRun } as const;

function wishOf(context: Request): ResumeWish {
  const text = context.req.query('maxUsd');
  if (text === undefined) return {};
  const maxUsd = Number(text);
  if (maxUsd > 0 && maxUsd <= 1_000_000) return { maxUsd };
  const message = 'expected an amount in USD above 0 and up to 1000000';
  throw validationError([{ pointer: '/query/maxUsd', code: 'out_of_range', message, got: text }]);
}

const SUMMARIES = {
  pause: 'Pause a run: its jobs write a checkpoint and end',
  resume: 'Resume a paused run',
  cancel: 'Cancel a run',
} as const;

/** What goes on, or stops, is the run itself. */
function addGoingOn(app: ApiApp, { ports }: ApiContext, verb: keyof typeof SUMMARIES): void {
  addRoute(
    app,
    {
      method: 'post',
      path: `/v1/runs/{id}/${verb}`,
      tag,
      summary: SUMMARIES[verb],
      params: byId,
      query: verb === 'resume' ? resumeQuery : dryRunQuery,
      answers: { 200: decisions, 202: run },
    },
    async (context) => {
      const { principal } = context.var;
      if (!isDryRun(context)) {
        const id = idOf(context);
        const done =
          verb === 'resume'
            ? await resumeRun(ports, principal, id, wishOf(context))
            : await ACTS[verb](ports, principal, id);
        return context.json(done, 202);
      }
      return context.json(await wouldGoOn(ports, context, verb));
    },
  );
}

async function wouldGoOn(
  ports: ApiContext['ports'],
  context: Request,
  verb: 'pause' | 'resume' | 'cancel',
): Promise<Decisions> {
  const found = await getRun(ports, context.var.principal, idOf(context));
  if (verb === 'resume') requireResumable(found);
  if (verb === 'pause') requirePausable(found);
  return decideResume(ports, found, verb);
}

/** What goes on is a new run. */
function addCopying(app: ApiApp, { ports }: ApiContext, verb: 'retry' | 'fork'): void {
  const body = verb === 'retry' ? retryBody : forkBody;
  addRoute(
    app,
    {
      method: 'post',
      path: `/v1/runs/{id}/${verb}`,
      tag,
      summary:
        verb === 'retry'
          ? 'A new run that repeats an ended one from a phase on'
          : 'A new run with other settings that reuses what they do not change',
      params: byId,
      query: dryRunQuery,
      headers: z.object({
        'idempotency-key': z
          .string()
          .optional()
          .meta({ description: 'Repeats of one request carry one key. Needed unless it is a dry run.' }),
      }),
      body,
      answers: { 200: decisions, 202: run },
    },
    async (context) => {
      const { principal } = context.var;
      const wish = await readJsonBody(context, body);
      const request = { verb, wish } as CopyWish;
      if (isDryRun(context)) {
        return context.json((await planCopy(ports, principal, idOf(context), request)).decisions);
      }
      const idempotencyKey = requireIdempotencyKey(context.req.header('idempotency-key'));
      const made = await copyRun(ports, principal, idOf(context), { ...request, idempotencyKey });
      context.header('location', `/v1/runs/${made.id}`);
      return context.json(made, 202);
    },
  );
}

function addDecisions(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/decisions',
      tag,
      summary: 'What a control verb would reuse of a run and what it would run again, and why',
      params: byId,
      query: z.object({ verb: z.enum(VERBS).optional(), from: phaseSlug.optional() }),
      answers: { 200: decisions },
    },
    async (context) => {
      const verb = oneOf('verb', context.req.query('verb'), VERBS) ?? 'resume';
      const from = oneOf<PhaseSlug>('from', context.req.query('from'), phaseSlug.options);
      if (verb === 'pause' || verb === 'resume' || verb === 'cancel')
        return context.json(await wouldGoOn(ports, context, verb));
      const planned = await planCopy(ports, context.var.principal, idOf(context), { verb, wish: { from } });
      return context.json(planned.decisions);
    },
  );
}

function addCheckpoints(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/runs/{id}/checkpoints',
      tag,
      summary: 'The checkpoints that a run keeps: any of them can be forked from',
      params: byId,
      query: z.object({ phase: phaseSlug.optional() }),
      answers: { 200: listOf(checkpoint) },
    },
    async (context) => {
      const phase = oneOf<PhaseSlug>('phase', context.req.query('phase'), phaseSlug.options);
      const items = await listCheckpoints(ports, context.var.principal, idOf(context), phase);
      return context.json({ items });
    },
  );
}
