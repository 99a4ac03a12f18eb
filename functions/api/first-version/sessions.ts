/** Starting and steering a session of the first version: a run. */
import * as z from 'zod';
import { parseDocument } from '#contracts/source/problems.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { copyRun } from '#core/application/commands/copy-run.ts';
import { pauseRun } from '#core/application/commands/pause-run.ts';
import { resumeRun } from '#core/application/commands/resume-run.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import { listCheckpoints } from '#core/application/queries/list-checkpoints.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { validationError } from '#core/domain/validation-error.ts';
import type { ApiContext } from '../environment.ts';
import { requireIdempotencyKey } from '../middleware/idempotency-key.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import type { ApiApp } from '../route.ts';
import { addAlias } from './alias.ts';
import { controlBody, loaded, saveBody, saved, startBody, started } from './schemas.ts';
import { checkpointId, ignoredOf, oldStatus, phaseOf, readCheckpointId } from './words.ts';

const keyed = z.object({
  'idempotency-key': z.string().meta({ description: 'Repeats of one request carry one key.' }),
});

export function addSessionAliases(app: ApiApp, api: ApiContext): void {
  addStart(app, api);
  addControl(app, api);
  addSaving(app, api);
  addLoading(app, api);
}

/** Settings per phase under the names that phases have now. */
export function renamedSettings(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [word, settings] of Object.entries(config)) {
    const slug = phaseOf(word);
    if (!Object.hasOwn(renamed, slug)) renamed[slug] = settings;
    else {
      const message = `${word} is another name of a phase that has settings here already`;
      throw validationError([{ pointer: `/config/${word}`, code: 'duplicate', message, got: word }]);
    }
  }
  return renamed;
}

function documentOf({ phases, config, name, preset, input, seed }: z.output<typeof startBody>) {
  const parsed = parseDocument(runDocument, {
    apiVersion: 'forge/v1',
    name,
    phases: phases.map(phaseOf),
    input,
    config: renamedSettings(config),
    ...(preset === undefined ? {} : { preset }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (parsed.ok) return parsed.value;
  throw validationError(parsed.problems);
}

function addStart(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/start',
      summary: 'Start a session: submit a run',
      successor: 'POST /v1/runs',
      headers: keyed,
      body: startBody,
      answers: { 202: started },
    },
    async (context) => {
      const idempotencyKey = requireIdempotencyKey(context.req.header('idempotency-key'));
      const body = await readJsonBody(context, startBody);
      const document = documentOf(body);
      const { id, status } = await submitRun(ports, context.var.principal, { document, idempotencyKey });
      context.header('location', `/v1/runs/${id}`);
      return context.json({ session_id: id, status: oldStatus(status), ignored: ignoredOf(body) }, 202);
    },
  );
}

const ACTIONS = { pause: pauseRun, resume: resumeRun, stop: cancelRun, cancel: cancelRun } as const;

function addControl(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/control',
      summary: 'Pause, resume or cancel a session; stop is cancel',
      successor: 'POST /v1/runs/{id}/pause',
      body: controlBody,
      answers: { 202: started },
    },
    async (context) => {
      const body = await readJsonBody(context, controlBody);
      const { id, status } = await ACTIONS[body.action](ports, context.var.principal, body.session_id);
      return context.json({ session_id: id, status: oldStatus(status), ignored: ignoredOf(body) }, 202);
    },
  );
}

const SAVE_NOTE =
  'Its jobs write a checkpoint and end, and the session becomes paused; resume it to go on from there. ' +
  'Checkpoints are also written at regular steps without being asked for.';

function addSaving(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/checkpoint/save',
      summary: 'Have the jobs of a session write a checkpoint, by pausing it',
      successor: 'POST /v1/runs/{id}/pause',
      body: saveBody,
      answers: { 202: saved },
    },
    async (context) => {
      const { principal } = context.var;
      const body = await readJsonBody(context, saveBody);
      const { id, status } = await pauseRun(ports, principal, body.session_id);
      const kept = await listCheckpoints(ports, principal, id);
      const checkpoints = kept.map(({ sha256, phase, stage, step, at }) => ({
        checkpoint_id: checkpointId(id, sha256),
        phase,
        stage,
        step,
        timestamp: at,
      }));
      const session = { session_id: id, status: oldStatus(status), ignored: ignoredOf(body) };
      return context.json({ ...session, checkpoints, note: SAVE_NOTE }, 202);
    },
  );
}

function addLoading(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/checkpoint/load/{checkpoint_id}',
      summary: 'Go on from a checkpoint: fork the run that keeps it',
      successor: 'POST /v1/runs/{id}/fork',
      params: z.object({
        checkpoint_id: z.string().meta({ description: 'Id of the run, a dash, and the SHA-256.' }),
      }),
      headers: keyed,
      answers: { 202: loaded },
    },
    async (context) => {
      const idempotencyKey = requireIdempotencyKey(context.req.header('idempotency-key'));
      const given = context.req.param('checkpoint_id') ?? '';
      const found = readCheckpointId(given);
      if (!found) throw noSuchCheckpoint(given);
      const { run, checkpoint } = found;
      const request = { verb: 'fork', wish: { checkpoint }, idempotencyKey } as const;
      const { id, status } = await copyRun(ports, context.var.principal, run, request);
      context.header('location', `/v1/runs/${id}`);
      const session = { session_id: id, status: oldStatus(status), ignored: [] };
      return context.json({ ...session, loaded_from: given }, 202);
    },
  );
}

function noSuchCheckpoint(given: string): ForgeError {
  return new ForgeError('not_found', `There is no checkpoint "${given.slice(0, 100)}".`, {
    code: 'checkpoint_not_found',
    hint: 'A checkpoint id is the id of its run, a dash, and its SHA-256: GET /v1/runs/{id}/checkpoints.',
  });
}
