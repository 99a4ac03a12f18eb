/** What the routes of the first version take and answer. */
import * as z from 'zod';
import { linkedNumber } from '#contracts/source/gate.ts';
import { runInput } from '#contracts/source/run-document.ts';
import { name, seed, sha256, ulid } from '#contracts/source/scalars.ts';
import { topology } from '../schemas/run-state.ts';
import { OLD_STATUSES, PHASE_WORDS } from './words.ts';

const phaseWord = z.enum(PHASE_WORDS);
const status = z.enum(OLD_STATUSES as [string, ...string[]]);
const because = z.array(z.object({ field: z.string(), reason: z.string() }));
const ignored = because.describe('Fields of the request that change nothing, and why.');
const notMeasured = because.describe('Fields that are null because nobody measures them, and why.');
const nothing = z.null();

export const startBody = z
  .strictObject({
    phases: z.array(phaseWord).min(1),
    config: z.partialRecord(phaseWord, z.record(z.string(), z.unknown())).default({}),
    name: name.default('pipeline').describe('New: name of the run.'),
    preset: name.optional().describe('New: named settings.'),
    input: runInput.default({}).describe('New: the corpus or the models to start from.'),
    seed: seed.optional().describe('New.'),
    enable_monitoring: z.literal(true).optional(),
    enable_checkpoints: z.literal(true).optional(),
    swarm_topology: z.enum(['hierarchical', 'mesh', 'star', 'ring']).optional(),
    max_agents: z.int().min(1).max(1000).optional(),
  })
  .meta({ id: 'OldStart' });

export const started = z
  .object({ session_id: ulid, status, ignored })
  .meta({ id: 'OldSession', description: 'A session is a run.' });

export const loaded = started.extend({ loaded_from: z.string() }).meta({ id: 'OldLoadedSession' });

export const controlBody = z
  .strictObject({
    action: z.enum(['pause', 'resume', 'stop', 'cancel']),
    session_id: z.string(),
    force: z.boolean().optional(),
  })
  .meta({ id: 'OldControl' });

const kept = z.object({
  checkpoint_id: z.string(),
  phase: z.string(),
  stage: z.string(),
  step: z.int(),
  timestamp: z.string(),
});

export const sessionStatus = z
  .object({
    session_id: ulid,
    status,
    current_phase: z.string().nullable(),
    phases_completed: z.array(z.string()),
    phases_remaining: z.array(z.string()),
    total_progress_percent: z.number().describe('Completed phases of all phases; phases differ in length.'),
    elapsed_seconds: z.number().nullable().describe('Null until the run has started.'),
    estimated_remaining_seconds: nothing,
    phase_metrics: z.record(z.string(), z.record(z.string(), linkedNumber)),
    agent_count: nothing,
    active_agents: nothing,
    error: z.string().nullable(),
    not_measured: notMeasured,
  })
  .meta({ id: 'OldStatus' });

export const swarm = z
  .object({
    session_id: ulid,
    topology: nothing,
    total_agents: nothing,
    active_agents: nothing,
    idle_agents: nothing,
    memory_mb: nothing,
    cpu_percent: nothing,
    gpu_percent: nothing,
    plan: topology,
    not_measured: notMeasured,
  })
  .meta({ id: 'OldSwarm' });

export const qualityGates = z
  .object({
    session_id: ulid,
    gate_results: z.array(
      z.object({
        name: z.string(),
        phase: z.string(),
        passed: z.boolean().nullable().describe('Null where it was not measured.'),
        score: z.number().nullable(),
        threshold: z.number().nullable(),
        metric: z.string().nullable().describe('Id of the metric record that the score was read from.'),
        threshold_metric: z.string().nullable().describe('The same of a threshold that was measured.'),
      }),
    ),
    theater_detection: nothing,
    can_proceed: z.boolean().nullable(),
    not_measured: notMeasured,
  })
  .meta({ id: 'OldQualityGates' });

export const saveBody = z
  .strictObject({
    session_id: z.string(),
    checkpoint_name: z.string().max(200).optional(),
    include_model_state: z.literal(true).optional(),
    include_swarm_state: z.boolean().optional(),
  })
  .meta({ id: 'OldCheckpointSave' });

export const saved = started
  .extend({
    checkpoints: z
      .array(kept)
      .describe('Those that are there already; the new ones follow when it is paused.'),
    note: z.string(),
  })
  .meta({ id: 'OldCheckpointSaved' });

export const history = z
  .object({
    runs: z.array(
      z.object({
        session_id: ulid,
        name: z.string(),
        status,
        created_at: z.string(),
        started_at: z.string().nullable(),
        ended_at: z.string().nullable(),
        phases: z.array(z.object({ phase: z.string(), status: z.string() })),
      }),
    ),
    next: z.string().nullable().describe('Cursor of the next page.'),
  })
  .meta({ id: 'OldHistory' });

const presetFields = { name: z.string(), description: z.string(), config: z.record(z.string(), z.unknown()) };
export const oldPreset = z
  .object({ ...presetFields, built_in: z.boolean(), updated_at: z.string() })
  .meta({ id: 'OldPreset' });

export const presetBody = z
  .strictObject({
    name: z.string(),
    description: z.string().max(500).default(''),
    config: z.partialRecord(phaseWord, z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'OldPresetSave' });

export const oldHealth = z
  .object({
    status: z.literal('healthy'),
    version: z.string(),
    uptime: z.number().describe('Seconds.'),
    active_sessions: nothing,
    memory: nothing,
    not_measured: notMeasured,
  })
  .meta({ id: 'OldHealth' });

export const oldPhases = z
  .object({
    phases: z.array(
      z.object({
        id: z.string().describe('The name of the first version.'),
        slug: z.string(),
        number: z.int(),
        title: z.string(),
        description: z.string(),
        available: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'OldPhases' });

const oldModel = z.object({
  id: ulid,
  name: z.string(),
  version: z.int(),
  phase: z.string().nullable(),
  session_id: ulid.nullable(),
  status: z.string(),
  parameter_count: z.int(),
  size_mb: z.number(),
  parent_ids: z.array(ulid),
  created_at: z.string(),
});
export const oldModels = z
  .object({ models: z.array(oldModel), next: z.string().nullable() })
  .meta({ id: 'OldModels' });
export const oneOldModel = oldModel.meta({ id: 'OldModel' });

export const validateBody = z
  .strictObject({ model_id: z.string().min(1).max(200) })
  .meta({ id: 'OldValidate' });
export const validated = z
  .object({
    model_id: ulid,
    valid: z.boolean().describe('Whether every file still has the hash it was registered with.'),
    files: z.array(
      z.object({ path: z.string(), expected: sha256, found: sha256.nullable(), ok: z.boolean() }),
    ),
  })
  .meta({ id: 'OldValidated' });
