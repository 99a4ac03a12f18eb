/** Checks the hand-over on the real models, writes one task spec per stage, and says which jobs to submit. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import { canonicalText } from '../../domain/fingerprint.ts';
import { handOverName, handOverRules } from '../../domain/hand-over.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { type Rounds, turnName } from '../../domain/rounds.ts';
import {
  isPaused,
  phaseBefore,
  phaseRecord,
  type Run,
  requireNewest,
  requireOpen,
  startPhase as startPhaseOf,
} from '../../domain/run.ts';
import { planStages } from '../../domain/stage-plan.ts';
import type { Ports } from '../../ports/ports.ts';
import { describeTasks } from '../queries/describe-tasks.ts';
import { findInputModels, handedOver } from '../queries/find-input-models.ts';
import { findStanding } from '../queries/find-standing-rounds.ts';
import { getRun } from '../queries/get-run.ts';
import { changeRun } from './change-run.ts';
import { requireContract } from './record-contract.ts';
import { type StageJob, stageJobs, writeTasks } from './write-tasks.ts';

export interface PhaseToStart {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly execution: string;
  /** Above 0 where an execution of the same phase handed over after many rounds: no new attempt. */
  readonly part?: number | undefined;
}

/** What to submit before the phase is asked again how it goes on. */
export interface StartedPhase {
  readonly attempt: number;
  /** Name of the turn, to be given back when its stages have ended. */
  readonly turn: string;
  readonly stages: readonly StageJob[];
}

type StartPorts = Pick<
  Ports,
  'runs' | 'models' | 'corpora' | 'registry' | 'blobs' | 'blobWriter' | 'clock' | 'code'
>;

/** Starting a phase that is complete already answers that there is nothing to do: its models stay the ones they are. */
export async function startPhase(
  ports: StartPorts,
  principal: Principal,
  { runId, phase, execution, part = 0 }: PhaseToStart,
): Promise<StartedPhase> {
  const run = await getRun(ports, principal, runId);
  const { status, attempts, rounds: recorded = [] } = phaseRecord(run, phase);
  requireGoingOn(run, execution);
  if (status === 'succeeded') return { attempt: attempts, turn: 'last', stages: [] };
  const inputs = await findInputModels(ports, principal, run, phase);
  const from = phaseBefore(run, phase);
  await requireContract(ports, principal, {
    runId,
    phase,
    execution,
    contract: handOverName(from, phase),
    rules: handOverRules(from, phase),
    models: inputs.models,
  });
  const models = handedOver(inputs);
  const stages = planStages(phase, run.resolved.config[phase]);
  const facts = { phase, execution, attempt: attempts + 1, models, rounds: recorded };
  const describe = await describeTasks(ports, principal, run, facts);
  const { rounds, turn, toRun } = await findStanding(ports, stages, recorded, describe);
  await writeTasks(ports, toRun);
  const started = await markStarted(ports, principal, run, {
    phase,
    execution,
    models: inputs.models,
    rounds,
    part,
  });
  const { attempts: attempt } = phaseRecord(started, phase);
  return { attempt, turn: turnName(turn), stages: stageJobs(ports, { execution, attempt }, toRun) };
}

/** A paused run starts nothing, and neither does an execution that another one has taken over from. */
function requireGoingOn(run: Run, execution: string): void {
  requireNewest(run, execution);
  if (!isPaused(run)) return;
  throw new ForgeError('cancelled', `Run ${run.id} is ${run.status}: no phase is started.`, {
    code: 'run_paused',
  });
}

interface Start {
  readonly phase: PhaseSlug;
  readonly execution: string;
  readonly models: readonly Model[];
  readonly rounds: Rounds;
  readonly part: number;
}

async function markStarted(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  { id }: Run,
  { phase, execution, models, rounds, part }: Start,
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
    // Handed over by the execution before: the phase is at work, and nothing of it was tried again.
    const { status, rounds: known } = phaseRecord(before, phase);
    if (part > 0 && status === 'running' && canonicalText(known) === canonicalText(rounds))
      return { run: before };
    const run = startPhaseOf(before, phase, { inputs: models.map((model) => model.id), rounds, at });
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
