/** Reads what the last stage left, verifies it, and writes phase, models, lineage and events in one transaction. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import { contentKey } from '../../domain/blob-key.ts';
import { derivedMetrics } from '../../domain/derived-metrics.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import { codeOf } from '../../domain/fingerprint.ts';
import { evaluateGate, type GateVerdict } from '../../domain/gate.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import { phaseDefinition } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import { currentTurn, progressOf, type Turn, turnName } from '../../domain/rounds.ts';
import { completePhase as completePhaseOf, phaseRecord, type Run, requireNewest } from '../../domain/run.ts';
import { planStages } from '../../domain/stage-plan.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';
import { describeTasks } from '../queries/describe-tasks.ts';
import { findInputModels, handedOver } from '../queries/find-input-models.ts';
import { wholeTurn } from '../queries/find-standing-rounds.ts';
import { continuedFrom, fingerprintPhase } from '../queries/fingerprint-phase.ts';
import { getRun } from '../queries/get-run.ts';
import { readResults } from '../queries/read-results.ts';
import { changeRun } from './change-run.ts';
import { endRound } from './end-round.ts';
import { requireContract } from './record-contract.ts';
import { registerProduced } from './register-produced.ts';
import { requireRunning } from './require-running.ts';
import { type StageJob, stageJobs, writeTasks } from './write-tasks.ts';

export interface PhaseToComplete {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  /** Who asks; one that was taken over from is refused. */
  readonly execution?: string | undefined;
  /** Which turn has ended, as StartPhase or the answer before named it; without it, the one the phase stands at. */
  readonly turn?: string | undefined;
}

type CompletePorts = Pick<
  Ports,
  'runs' | 'models' | 'corpora' | 'registry' | 'metricLog' | 'blobs' | 'blobWriter' | 'clock' | 'hasher'
>;

export interface Completed {
  readonly outcome: 'done';
  readonly models: readonly Ulid[];
  readonly gates: { readonly passed: number; readonly failed: number };
}

/** There is more to run before the phase is complete: another round, or the stages after the last one. */
export interface GoesOn {
  readonly outcome: 'again';
  readonly turn: string;
  readonly stages: readonly StageJob[];
}

export type Completion = Completed | GoesOn;

/** Completing what is complete already, a phase or a turn of it, changes nothing and answers the same. */
export async function completePhase(
  ports: CompletePorts,
  principal: Principal,
  facts: PhaseToComplete,
): Promise<Completion> {
  const { runId, phase, execution, turn: given } = facts;
  const before = await getRun(ports, principal, runId);
  const record = phaseRecord(before, phase);
  if (record.status === 'succeeded') return completionOf(before, phase);
  requireNewest(before, execution);
  const stages = planStages(phase, before.resolved.config[phase]);
  const turn = currentTurn(stages, record.rounds ?? []);
  const known = given !== undefined && given !== turnName(turn);
  if (known && turn.stages.length > 0) return goOn(ports, principal, before, facts, turn);
  if (turn.group === null) return completeAll(ports, principal, before, facts);
  const run = await endRound(ports, principal, { runId, phase, turn, execution });
  const next = currentTurn(stages, phaseRecord(run, phase).rounds ?? []);
  if (next.stages.length > 0) return goOn(ports, principal, run, facts, next);
  return completeAll(ports, principal, run, facts);
}

async function goOn(
  ports: CompletePorts,
  principal: Principal,
  run: Run,
  { phase, execution = '' }: PhaseToComplete,
  turn: Turn,
): Promise<Completion> {
  requireRunning(run, phase);
  const models = handedOver(await findInputModels(ports, principal, run, phase));
  const { attempts: attempt, rounds = [] } = phaseRecord(run, phase);
  const describe = await describeTasks(ports, principal, run, { phase, execution, attempt, models, rounds });
  const toRun = wholeTurn(turn, describe, rounds);
  await writeTasks(ports, toRun);
  const stages = stageJobs(ports, { execution, attempt }, toRun);
  return { outcome: 'again', turn: turnName(turn), stages };
}

/** Everything has run: what a group left is what its last round left. */
async function completeAll(
  ports: CompletePorts,
  principal: Principal,
  before: Run,
  facts: PhaseToComplete,
): Promise<Completed> {
  const { runId, phase } = facts;
  const { rounds = [] } = phaseRecord(before, phase);
  const places = planStages(phase, before.resolved.config[phase]).map((stage) => ({
    stage,
    round: stage.repeat === null ? null : progressOf(rounds, stage.repeat).finished - 1,
  }));
  const results = await readResults(ports, runId, phase, places);
  const last = results.at(-1);
  if (!last) throw new ForgeError('bug', `Phase ${phase} of run ${runId} left no result.`);
  await verifyFiles(ports, principal, last);
  await requireContract(ports, principal, {
    ...facts,
    execution: facts.execution,
    contract: `${phase}.output`,
    rules: phaseDefinition(phase).produces,
    models: last.models,
  });
  const metrics = [...results.flatMap((result) => result.metrics), ...derivedMetrics(results)];
  await ports.metricLog.record(principal.tenant, metrics);
  const code = codeOf(
    ports.hasher.sha256,
    results.map((result) => result.codeHash),
  );
  const run = await writeCompletion(ports, principal, { ...facts, last, metrics, code });
  return completionOf(run, phase);
}

function completionOf(run: Run, phase: PhaseSlug): Completed {
  const { outputs, gates } = phaseRecord(run, phase);
  const failed = gates.filter((gate) => gate.verdict !== 'passed').length;
  return { outcome: 'done', models: outputs, gates: { passed: gates.length - failed, failed } };
}

/** Every file that the manifest names must lie in the store with the bytes it claims. */
async function verifyFiles(
  ports: Pick<Ports, 'blobs'>,
  { tenant }: Principal,
  result: ResultManifest,
): Promise<void> {
  const files = [...result.models.flatMap((model) => model.files), ...result.artifacts];
  for (const file of files) {
    const found = await ports.blobs.hash(contentKey(tenant, file.sha256));
    if (found === file.sha256) continue;
    throw new ForgeError(
      'corrupt',
      `${'path' in file ? file.path : file.name} of phase ${result.phase}: the store holds ${found ?? 'nothing'} under ${file.sha256}.`,
      {
        hint: 'The job wrote something else than it reported; retry the phase.',
      },
    );
  }
}

interface CompletionFacts extends PhaseToComplete {
  readonly last: ResultManifest;
  readonly metrics: readonly MetricRecord[];
  readonly code: string | null;
}

async function writeCompletion(
  ports: CompletePorts,
  principal: Principal,
  facts: CompletionFacts,
): Promise<Run> {
  const { runId, phase, last, metrics, code, execution } = facts;
  const at = ports.clock.now().toISOString();
  const before = await getRun(ports, principal, runId);
  const gates = (before.resolved.gates[phase] ?? []).map((gate) => evaluateGate(gate, metrics));
  requireGates(phase, gates);
  return changeRun(ports, principal, runId, async (run) => {
    if (phaseRecord(run, phase).status === 'succeeded') return { run };
    requireNewest(run, execution);
    requireRunning(run, phase);
    const { inputs, attempts: attempt } = phaseRecord(run, phase);
    const fingerprint = await fingerprintPhase(ports, principal, {
      resolved: run.resolved,
      phase,
      inputs,
      code,
      continuedFrom: continuedFrom(ports, run.origin?.checkpoint, phase),
    });
    const models = await registerProduced(ports, principal, { run, phase, result: last, metrics, at });
    // The base is registered for the lineage; what goes on to the next phase are the others.
    const outputs = models.filter((model) => model.role !== 'base').map((model) => model.id);
    return {
      run: completePhaseOf(run, phase, outputs, gates, at, fingerprint),
      also: models.map((model): Change => ({ kind: 'model', model, expected: null })),
      events: completionEvents({ runId, phase, attempt, at, models, gates }),
    };
  });
}

function requireGates(phase: PhaseSlug, gates: readonly GateVerdict[]): void {
  const fatal = gates.filter((each) => each.verdict !== 'passed' && each.gate.onFailure === 'fail');
  if (fatal.length === 0) return;
  const names = fatal.map(
    (each) => `${each.gate.metric} ${each.gate.op} ${JSON.stringify(each.gate.bound)}: ${each.verdict}`,
  );
  throw new ForgeError('contract', `Gates of phase ${phase} failed: ${names.join('; ')}.`, {
    code: 'gate_failed',
  });
}

function completionEvents(facts: {
  runId: Ulid;
  phase: PhaseSlug;
  attempt: number;
  at: string;
  models: readonly Model[];
  gates: readonly GateVerdict[];
}): readonly NewEvent[] {
  const { runId, phase, attempt, at, models, gates } = facts;
  const base = { run: runId, phase, attempt, at };
  return [
    ...models.map(
      (model): NewEvent => ({
        ...base,
        type: 'ModelRegistered',
        key: `model/${model.id}`,
        data: { model: model.id, name: model.name, version: model.version, role: model.role },
      }),
    ),
    ...gates.map(
      (gate, position): NewEvent => ({
        ...base,
        type: 'GateEvaluated',
        key: `gate/${phase}/${position}`,
        data: { ...gate },
      }),
    ),
    {
      ...base,
      type: 'PhaseCompleted',
      key: `completed/${phase}`,
      data: { models: models.map((model) => model.id) },
    },
  ];
}
