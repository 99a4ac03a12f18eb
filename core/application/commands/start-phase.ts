/** Checks the hand-over on the real models, writes one task spec per stage, and says which jobs to submit. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { TaskInput, TaskSpec } from '#contracts/source/task-spec.ts';
import { BLOB_PREFIX, checkpointPrefix, contentKey, stagePrefix, taskKey } from '../../domain/blob-key.ts';
import { contractError } from '../../domain/contract.ts';
import { ForgeError } from '../../domain/errors.ts';
import { checkHandOver } from '../../domain/hand-over.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import { phaseDefinition, type StagePlan } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import {
  isPaused,
  modelsInto,
  phaseRecord,
  type Run,
  requireNewest,
  requireOpen,
  startPhase as startPhaseOf,
} from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { stageProgress } from '../queries/find-finished-stages.ts';
import { getRun } from '../queries/get-run.ts';
import { changeRun } from './change-run.ts';

export interface PhaseToStart {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly execution: string;
}

/** One job submission: what `batch:submitJob` needs beyond its queue. */
export interface StageJob {
  readonly name: string;
  readonly jobName: string;
  /** 1 is a plain job; more is an array job. */
  readonly size: number;
  readonly task: string;
}

type StartPorts = Pick<
  Ports,
  'runs' | 'models' | 'corpora' | 'registry' | 'blobs' | 'blobWriter' | 'clock' | 'code'
>;

/** Starting a phase that is complete already answers that there is nothing to do: its models stay the ones they are. */
export async function startPhase(
  ports: StartPorts,
  principal: Principal,
  { runId, phase, execution }: PhaseToStart,
): Promise<{ readonly attempt: number; readonly stages: readonly StageJob[] }> {
  const run = await getRun(ports, principal, runId);
  const { status, attempts } = phaseRecord(run, phase);
  requireGoingOn(run, execution);
  if (status === 'succeeded') return { attempt: attempts, stages: [] };
  const models = await inputModels(ports, principal, run, phase);
  checkInputs(run, phase, models);
  const inputs = await taskInputs(ports, principal, run, phase, models);
  const { stages } = phaseDefinition(phase);
  const finished = await prepareStages(ports, run, { phase, execution, inputs });
  const started = await markStarted(ports, principal, run, { phase, execution, models });
  const { attempts: attempt } = phaseRecord(started, phase);
  const toRun = stages.filter((stage) => !finished.has(stage.name));
  const jobsToRun = toRun.map(
    (stage): StageJob => ({
      name: stage.name,
      jobName: `${execution}-${phase}-${stage.name}-${attempt}`,
      size: stage.size,
      task: ports.blobs.uri(taskKey(run.id, phase, stage.name)),
    }),
  );
  return { attempt, stages: jobsToRun };
}

/** A paused run starts nothing, and neither does an execution that another one has taken over from. */
function requireGoingOn(run: Run, execution: string): void {
  requireNewest(run, execution);
  if (!isPaused(run)) return;
  throw new ForgeError('cancelled', `Run ${run.id} is ${run.status}: no phase is started.`, {
    code: 'run_paused',
  });
}

async function inputModels(
  ports: Pick<Ports, 'models'>,
  principal: Principal,
  run: Run,
  phase: PhaseSlug,
): Promise<readonly Model[]> {
  const ids = modelsInto(run, phase);
  const models = await Promise.all(ids.map((id) => ports.models.get(principal.tenant, id)));
  return models.map((model, position) => {
    if (model) return model;
    throw new ForgeError(
      'not_found',
      `Model ${ids[position]} went into phase ${phase} but is not in the registry.`,
    );
  });
}

/** The base of a merge is handed over as lineage, not as one of the models to merge. */
function checkInputs(run: Run, phase: PhaseSlug, models: readonly Model[]): void {
  const position = run.phases.findIndex((record) => record.slug === phase);
  const from = run.phases[position - 1]?.slug ?? null;
  const known = models
    .filter((model) => model.role !== 'base')
    .map((model) => ({ ...model.properties, name: model.name }));
  const verdict = checkHandOver(from, phase, known);
  if (verdict.violations.length > 0) throw contractError(verdict.violations);
}

async function taskInputs(
  ports: Pick<Ports, 'corpora' | 'blobs'>,
  principal: Principal,
  run: Run,
  phase: PhaseSlug,
  models: readonly Model[],
): Promise<ReadonlyMap<string, readonly TaskInput[]>> {
  const inputs = new Map<string, readonly TaskInput[]>();
  const corpus = run.resolved.corpus && (await ports.corpora.get(principal.tenant, run.resolved.corpus.id));
  if (corpus) {
    const uri = ports.blobs.uri(contentKey(corpus.sha256));
    inputs.set('corpus', [
      {
        kind: 'corpus',
        name: 'corpus',
        corpusId: corpus.id,
        uri,
        sha256: corpus.sha256,
        bytes: corpus.bytes,
      },
    ]);
  }
  inputs.set(
    'models',
    models.map(
      ({ name, role, id: modelId, files }): TaskInput => ({
        kind: 'model',
        name,
        role,
        modelId,
        files: [...files],
      }),
    ),
  );
  for (const stage of phaseDefinition(phase).stages) {
    inputs.set(stage.name, [
      { kind: 'stage', name: stage.name, uri: ports.blobs.uri(stagePrefix(run.id, phase, stage.name)) },
    ]);
  }
  return inputs;
}

interface TaskFacts {
  readonly phase: PhaseSlug;
  readonly stage: StagePlan;
  readonly execution: string;
  readonly inputs: ReadonlyMap<string, readonly TaskInput[]>;
}

/** Writes the task of every stage that has to run; answers the names of those that an earlier execution finished. */
async function prepareStages(
  ports: Pick<Ports, 'blobs' | 'blobWriter' | 'code'>,
  run: Run,
  facts: Omit<TaskFacts, 'stage'>,
): Promise<ReadonlySet<string>> {
  const { phase } = facts;
  const { stages } = phaseDefinition(phase);
  const finished = new Set<string>();
  for (const stage of stages) {
    const spec = taskOf(ports, run, { ...facts, stage });
    // What reads from a stage that runs again has to run again.
    const stands = stage.reads.every(
      (read) => finished.has(read) || !stages.some(({ name }) => name === read),
    );
    const progress = stands ? await stageProgress(ports, { run: run.id, phase, stage }, spec) : 'none';
    if (progress === 'complete') finished.add(stage.name);
    else await writeTask(ports, progress === 'partial' ? { ...spec, reuse: true } : spec);
  }
  return finished;
}

async function writeTask({ blobWriter }: Pick<Ports, 'blobWriter'>, spec: TaskSpec): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(spec, null, 2)}\n`);
  await blobWriter.write(taskKey(spec.runId, spec.phase, spec.stage.name), bytes, 'application/json');
}

function taskOf(
  ports: Pick<Ports, 'blobs'>,
  run: Run,
  { phase, stage, execution, inputs }: TaskFacts,
): TaskSpec {
  const { timeoutSeconds, checkpointSeconds } = jobs.phases[phase];
  return {
    schemaVersion: 1,
    tenant: run.tenant,
    runId: run.id,
    execution,
    phase,
    stage: { name: stage.name, kind: stage.kind, size: stage.size },
    config: { ...run.resolved.config[phase] },
    inputs: stage.reads.flatMap((read) => inputs.get(read) ?? []),
    output: ports.blobs.uri(stagePrefix(run.id, phase, stage.name)),
    checkpoints: ports.blobs.uri(checkpointPrefix(run.id, phase, stage.name)),
    blobs: ports.blobs.uri(BLOB_PREFIX),
    seed: run.resolved.seed,
    threads: run.resolved.threads,
    limits: { timeoutSeconds, checkpointSeconds },
  };
}

async function markStarted(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  { id }: Run,
  { phase, execution, models }: { phase: PhaseSlug; execution: string; models: readonly Model[] },
): Promise<Run> {
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, id, (before) => {
    requireGoingOn(before, execution);
    requireOpen(before);
    if (phaseRecord(before, phase).status === 'succeeded') {
      throw new ForgeError('conflict', `Phase ${phase} of run ${id} was completed meanwhile.`, {
        code: 'phase_completed',
      });
    }
    const run = startPhaseOf(
      before,
      phase,
      models.map((model) => model.id),
      at,
    );
    const { attempts: attempt } = phaseRecord(run, phase);
    return {
      run,
      events: [
        {
          type: 'PhaseStarted',
          run: id,
          phase,
          attempt,
          at,
          data: { inputs: models.map((model) => model.id) },
        },
      ],
    };
  });
}
