/** The task of each stage of a phase: what its jobs are handed, where they write, and under which settings. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { TaskInput, TaskSpec } from '#contracts/source/task-spec.ts';
import { blobsOf, checkpointPrefix, contentKey, stagePrefix } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { forkedTask } from '../../domain/fork-point.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { type Rounds, roundRead, sharesCheckpoints } from '../../domain/rounds.ts';
import type { Run } from '../../domain/run.ts';
import { planStages, type StagePlan } from '../../domain/stage-plan.ts';
import { threadsOf } from '../../domain/threads.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export interface StageRound {
  readonly stage: StagePlan;
  /** Null where the stage runs once. */
  readonly round: number | null;
}

export interface TaskFacts {
  readonly phase: PhaseSlug;
  readonly execution: string;
  /** How often the phase will have been started with this task. */
  readonly attempt: number;
  /** Models that go in, the shared base included. */
  readonly models: readonly Model[];
  readonly rounds: Rounds;
}

export type DescribeTask = (place: StageRound, rounds?: Rounds) => TaskSpec;

/** Looks up what every stage shares, once. */
export async function describeTasks(
  ports: Pick<ReadPorts, 'corpora' | 'blobs'>,
  principal: Principal,
  run: Run,
  facts: TaskFacts,
): Promise<DescribeTask> {
  const given: Readonly<Record<string, readonly TaskInput[]>> = {
    corpus: await corpusInput(ports, principal, run),
    models: facts.models.map(modelInput),
  };
  const stages = planStages(facts.phase, run.resolved.config[facts.phase]);
  return (place, rounds = facts.rounds) => {
    const inputs = place.stage.reads.flatMap((read): readonly TaskInput[] => {
      const stage = stages.find(({ name }) => name === read);
      if (!stage) return givenInput(given, facts.phase, read);
      const round = roundRead(stages, place, stage, rounds);
      // Before the first round there is nothing to read, which the task says as well.
      const key = round === -1 ? null : stagePrefix(run.id, facts.phase, read, round);
      return [{ kind: 'stage', name: read, uri: key && ports.blobs.uri(key) }];
    });
    return taskOf(ports, run, facts, { ...place, inputs, shares: sharesCheckpoints(stages, place.stage) });
  };
}

/** What is neither a stage nor given is a word that contracts/phases.json misspells. */
function givenInput(
  given: Readonly<Record<string, readonly TaskInput[]>>,
  phase: PhaseSlug,
  read: string,
): readonly TaskInput[] {
  const inputs = given[read];
  if (inputs) return inputs;
  const known = Object.keys(given).join(', ');
  throw new ForgeError(
    'bug',
    `A stage of phase ${phase} reads "${read}", expected a stage of it, or ${known}.`,
    {
      hint: 'Correct `reads` of the stage in contracts/phases.json.',
    },
  );
}

async function corpusInput(
  ports: Pick<ReadPorts, 'corpora' | 'blobs'>,
  principal: Principal,
  { resolved }: Run,
): Promise<readonly TaskInput[]> {
  const corpus = resolved.corpus && (await ports.corpora.get(principal.tenant, resolved.corpus.id));
  if (!corpus) return [];
  const { id: corpusId, sha256, bytes } = corpus;
  const uri = ports.blobs.uri(contentKey(principal.tenant, sha256));
  return [{ kind: 'corpus', name: 'corpus', corpusId, uri, sha256, bytes }];
}

function modelInput({ name, role, id: modelId, files }: Model): TaskInput {
  return { kind: 'model', name, role, modelId, files: [...files] };
}

interface StageInputs extends StageRound {
  readonly inputs: readonly TaskInput[];
  readonly shares: boolean;
}

type JobLimits = Required<Omit<TaskSpec['limits'], 'checkpointSteps'>> &
  Pick<TaskSpec['limits'], 'checkpointSteps'>;

function taskOf(
  { blobs }: Pick<ReadPorts, 'blobs'>,
  run: Run,
  { phase, execution, attempt }: TaskFacts,
  { stage: { name, kind, size }, round, inputs, shares }: StageInputs,
): TaskSpec {
  const { timeoutSeconds, checkpointSeconds, checkpointSteps, leaseSeconds }: JobLimits = jobs.phases[phase];
  return {
    schemaVersion: 1,
    tenant: run.tenant,
    runId: run.id,
    execution,
    phaseAttempt: Math.max(1, attempt),
    phase,
    stage: { name, kind, size, ...(round === null ? {} : { round }) },
    config: { ...run.resolved.config[phase] },
    inputs: [...inputs],
    output: blobs.uri(stagePrefix(run.id, phase, name, round)),
    checkpoints: blobs.uri(checkpointPrefix(run.id, phase, name, shares ? null : round)),
    blobs: blobs.uri(blobsOf(run.tenant)),
    seed: run.resolved.seed,
    threads: threadsOf(run.resolved, phase),
    limits: {
      timeoutSeconds,
      checkpointSeconds: plannedInterval(run, phase) ?? checkpointSeconds,
      leaseSeconds,
      ...(checkpointSteps === undefined ? {} : { checkpointSteps }),
    },
    ...forkedTask(run.origin?.checkpoint, phase, name),
  };
}

/** Where machines may be taken away, what is lost then follows from the plan and not from the phase. */
function plannedInterval({ burst }: Run, phase: PhaseSlug): number | undefined {
  return burst?.phases.find((each) => each.phase === phase && each.place === 'burst')?.checkpointSeconds;
}
