/** Presets, phases and health under the paths of the first version. */
import * as z from 'zod';
import { phaseSettings } from '#contracts/source/phases/settings.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { savePreset } from '#core/application/commands/change-preset.ts';
import { findPreset } from '#core/application/queries/find-preset.ts';
import { PHASES } from '#core/domain/phase.ts';
import type { Preset } from '#core/domain/preset.ts';
import { validationError } from '#core/domain/validation-error.ts';
import type { ApiContext } from '../environment.ts';
import { etagOf, expectedVersion, underPrecondition } from '../middleware/etag.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import type { ApiApp } from '../route.ts';
import { readName } from '../routes/presets.ts';
import { listOf } from '../schemas/paging.ts';
import { addAlias } from './alias.ts';
import { oldHealth, oldPhases, oldPreset, presetBody } from './schemas.ts';
import { renamedSettings } from './sessions.ts';
import { PHASE_WORDS, phaseOf, unmeasured } from './words.ts';

export function addCatalogueAliases(app: ApiApp, api: ApiContext): void {
  addPresetReading(app, api);
  addPresetSaving(app, api);
  addPhases(app);
  addHealth(app, api);
}

function shownPreset({ name, description, config, builtIn, updatedAt }: Preset) {
  return { name, description, config, built_in: builtIn, updated_at: updatedAt };
}

function addPresetReading(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'get',
      path: '/presets',
      summary: 'List presets',
      successor: 'GET /v1/presets',
      answers: { 200: z.object({ presets: listOf(oldPreset).shape.items }) },
    },
    async (context) => {
      const presets = await ports.presets.list(context.var.principal.tenant);
      return context.json({ presets: presets.map(shownPreset) });
    },
  );
  addAlias(
    app,
    {
      method: 'get',
      path: '/preset/{name}',
      summary: 'Get a preset',
      successor: 'GET /v1/presets/{name}',
      params: z.object({ name: z.string() }),
      answers: { 200: oldPreset },
    },
    async (context) => {
      const found = await findPreset(ports, context.var.principal, context.req.param('name') ?? '');
      context.header('etag', etagOf(found.recordVersion));
      return context.json(shownPreset(found));
    },
  );
}

function addPresetSaving(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/preset/save',
      summary: 'Create a preset, or with If-Match change it',
      successor: 'PUT /v1/presets/{name}',
      headers: z.object({ 'if-match': z.string().optional() }),
      body: presetBody,
      answers: { 200: oldPreset },
    },
    async (context) => {
      const { principal } = context.var;
      const body = await readJsonBody(context, presetBody);
      const name = readName(body.name);
      const parsed = parseDocument(phaseSettings, renamedSettings(body.config));
      if (!parsed.ok) throw validationError(parsed.problems);
      const current = await ports.presets.get(principal.tenant, name);
      const changes = context.req.header('if-match') !== undefined;
      const expected = changes ? expectedVersion(context, current?.recordVersion ?? null) : null;
      const { description } = body;
      const toSave = { name, description, config: parsed.value as Preset['config'], expected };
      const saved = await underPrecondition(savePreset(ports, principal, toSave));
      context.header('etag', etagOf(saved.recordVersion));
      return context.json(shownPreset(saved));
    },
  );
}

function addPhases(app: ApiApp): void {
  addAlias(
    app,
    {
      method: 'get',
      path: '/phases',
      summary: 'The eight phases, with the names of the first version',
      successor: 'GET /v1/phases',
      answers: { 200: oldPhases },
    },
    (context) =>
      context.json({
        phases: PHASES.map(({ slug, number, title, summary, available }) => ({
          id: PHASE_WORDS.findLast((word) => phaseOf(word) === slug) ?? slug,
          slug,
          number,
          title,
          description: summary,
          available,
        })),
      }),
  );
}

function addHealth(app: ApiApp, { ports, options }: ApiContext): void {
  const started = ports.clock.now().getTime();
  addAlias(
    app,
    {
      method: 'get',
      path: '/health',
      summary: 'Is the server there',
      successor: 'GET /v1/health',
      answers: { 200: oldHealth },
    },
    (context) =>
      context.json({
        status: 'healthy',
        version: options.version,
        uptime: (ports.clock.now().getTime() - started) / 1000,
        active_sessions: null,
        memory: null,
        not_measured: [unmeasured.sessions, unmeasured.memory],
      }),
  );
}
