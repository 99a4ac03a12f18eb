/** /v1/presets: the built-in ones to read, the tenant's own to read and write. */
import * as z from 'zod';
import { phaseSettings } from '#contracts/source/phases/settings.ts';
import { name } from '#contracts/source/scalars.ts';
import { deletePreset, savePreset } from '#core/application/commands/change-preset.ts';
import { findPreset } from '#core/application/queries/find-preset.ts';
import type { Preset } from '#core/domain/preset.ts';
import { validationError } from '#core/domain/validation-error.ts';
import type { ApiContext } from '../environment.ts';
import {
  etagOf,
  expectedVersion,
  expectedVersionOrNone,
  respondVersioned,
  underPrecondition,
} from '../middleware/etag.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { preset } from '../schemas/model.ts';
import { listOf } from '../schemas/paging.ts';

const tag = 'presets';
const byName = z.object({ name: z.string() });
const presetBody = z.strictObject({ description: z.string().max(500).default(''), config: phaseSettings });
const ifMatch = z.object({ 'if-match': z.string().optional(), 'if-none-match': z.string().optional() });

export function readName(given: string | undefined): string {
  const parsed = name.safeParse(given);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues[0]?.message ?? 'not a name';
  throw validationError([{ pointer: '/name', code: 'invalid_name', message }]);
}

export function addPresetRoutes(app: ApiApp, api: ApiContext): void {
  addReading(app, api);
  addWriting(app, api);
}

function addReading(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    { method: 'get', path: '/v1/presets', tag, summary: 'List presets', answers: { 200: listOf(preset) } },
    async (context) => context.json({ items: await ports.presets.list(context.var.principal.tenant) }),
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/presets/{name}',
      tag,
      summary: 'Get a preset',
      params: byName,
      answers: { 200: preset, 304: null },
    },
    async (context) => {
      const found = await findPreset(ports, context.var.principal, context.req.param('name') ?? '');
      return respondVersioned(context, found, found.recordVersion);
    },
  );
}

function addWriting(app: ApiApp, { ports }: ApiContext): void {
  addRoute(
    app,
    {
      method: 'put',
      path: '/v1/presets/{name}',
      tag,
      summary: 'Create or change a preset',
      params: byName,
      headers: ifMatch,
      body: presetBody,
      answers: { 200: preset },
    },
    async (context) => {
      const { principal } = context.var;
      const wanted = readName(context.req.param('name'));
      const current = await ports.presets.get(principal.tenant, wanted);
      const expected = expectedVersionOrNone(context, current?.recordVersion ?? null);
      const { description, config } = await readJsonBody(context, presetBody);
      const toSave = { name: wanted, description, config: config as Preset['config'], expected };
      const saved = await underPrecondition(savePreset(ports, principal, toSave));
      context.header('etag', etagOf(saved.recordVersion));
      return context.json(saved);
    },
  );
  addRoute(
    app,
    {
      method: 'delete',
      path: '/v1/presets/{name}',
      tag,
      summary: 'Delete a preset',
      params: byName,
      headers: ifMatch,
      answers: { 204: null },
    },
    async (context) => {
      const { principal } = context.var;
      const found = await findPreset(ports, principal, context.req.param('name') ?? '');
      const expected = expectedVersion(context, found.recordVersion);
      await underPrecondition(deletePreset(ports, principal, found.name, expected));
      return context.body(null, 204);
    },
  );
}
