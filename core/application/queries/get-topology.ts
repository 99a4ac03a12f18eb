/** The execution plan of a run as it stands: phases, their stages and jobs, and the hand-overs between them. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { CheckedContract } from '../../domain/checked-contract.ts';
import { handOverName, handOverRules } from '../../domain/hand-over.ts';
import type { Ulid } from '../../domain/ids.ts';
import { phaseDefinition } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import { progressOf } from '../../domain/rounds.ts';
import type { PhaseRecord, PhaseStatus, Run, RunStatus } from '../../domain/run.ts';
import { jobCount, planStages, type StagePlan } from '../../domain/stage-plan.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export interface PlacedStage extends StagePlan {
  /** Ended rounds of the group that the stage repeats with; null where it runs once. */
  readonly rounds: number | null;
}

export interface HandOver {
  readonly name: string;
  readonly from: PhaseSlug | null;
  readonly rules: readonly string[];
  /** What was checked of the models, once they were there. */
  readonly checked: CheckedContract | null;
}

export interface PlacedPhase {
  readonly phase: PhaseSlug;
  readonly title: string;
  readonly status: PhaseStatus;
  readonly attempts: number;
  readonly handOver: HandOver;
  readonly stages: readonly PlacedStage[];
  /** With one round of each group that repeats. */
  readonly jobs: number;
  readonly inputs: readonly Ulid[];
  readonly outputs: readonly Ulid[];
  readonly reusedFrom: Ulid | null;
}

export interface Topology {
  readonly run: Ulid;
  readonly status: RunStatus;
  readonly phases: readonly PlacedPhase[];
}

export async function getTopology(
  ports: Pick<ReadPorts, 'runs'>,
  principal: Principal,
  id: Ulid,
): Promise<Topology> {
  const run = await getRun(ports, principal, id);
  const phases = run.phases.map((record, position) =>
    placedPhase(run, record, run.phases[position - 1]?.slug ?? null),
  );
  return { run: run.id, status: run.status, phases };
}

function placedPhase(run: Run, record: PhaseRecord, from: PhaseSlug | null): PlacedPhase {
  const { slug, status, attempts, inputs, outputs, contracts = [], rounds = [], reusedFrom = null } = record;
  const stages = planStages(slug, run.resolved.config[slug]);
  const name = handOverName(from, slug);
  return {
    phase: slug,
    title: phaseDefinition(slug).title,
    status,
    attempts,
    handOver: {
      name,
      from,
      rules: handOverRules(from, slug).map((rule) => rule.name),
      checked: contracts.find(({ contract }) => contract === name) ?? null,
    },
    stages: stages.map((stage) => ({
      ...stage,
      rounds: stage.repeat === null ? null : progressOf(rounds, stage.repeat).finished,
    })),
    jobs: jobCount(stages),
    inputs,
    outputs,
    reusedFrom,
  };
}
