/** The run aggregate: a user's request, its phases and the one legal order of their states. */
import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { RunDocument } from '#contracts/source/run-document.ts';
import { RUN_STATUSES, type RunStatus } from '#contracts/source/run-status.ts';
import type { CheckedContract } from './checked-contract.ts';
import { type ErrorKind, ForgeError } from './errors.ts';
import type { PhaseFingerprint } from './fingerprint.ts';
import type { ForkPoint } from './fork-point.ts';
import type { Gate, GateVerdict } from './gate.ts';
import type { Ulid } from './ids.ts';
import type { Rounds } from './rounds.ts';
import type { Threads } from './threads.ts';

export { RUN_STATUSES, type RunStatus };
export type PhaseStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export type PauseReason = 'requested' | 'budget';

/** From each status, where a run may go. Terminal states never change. */
const TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'pausing', 'cancelling', 'cancelled', 'failed'],
  running: ['pausing', 'cancelling', 'cancelled', 'succeeded', 'failed'],
  pausing: ['paused', 'cancelling', 'cancelled', 'succeeded', 'failed'],
  paused: ['running', 'cancelling', 'cancelled'],
  cancelling: ['cancelled'],
  cancelled: [],
  succeeded: [],
  failed: [],
};

export interface RunError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly phase: PhaseSlug | null;
  /** What a person can do next. */
  readonly hint: string;
}

export interface PhaseRecord {
  readonly slug: PhaseSlug;
  readonly status: PhaseStatus;
  /** How often the phase was started; a retry after a failure counts. */
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Ids of the models that went in and that came out. */
  readonly inputs: readonly Ulid[];
  readonly outputs: readonly Ulid[];
  readonly gates: readonly GateVerdict[];
  readonly error: RunError | null;
  /** What the outputs depend on; set when the phase succeeds. */
  readonly fingerprint?: PhaseFingerprint | null;
  /** What was checked of the models that went in and of those that came out. */
  readonly contracts?: readonly CheckedContract[];
  /** Ended rounds of the stages that repeat. */
  readonly rounds?: Rounds;
  /** Attempts that belong to rounds which have ended: each round has its tries anew. */
  readonly settledAttempts?: number;
  /** The run whose outputs these are, where the phase was not run again. */
  readonly reusedFrom?: Ulid | null;
}

/** Where a run comes from that was not submitted as a document of its own. */
export interface RunOrigin {
  readonly verb: 'retry' | 'fork';
  readonly run: Ulid;
  /** The phase from which on everything runs again; null where the fingerprints alone decided. */
  readonly from: PhaseSlug | null;
  /** The checkpoint that the run was forked from, or that the run it repeats was. */
  readonly checkpoint?: ForkPoint | null;
}

/** The document with every default written out: with it and the same code, the run can be repeated bit for bit. */
export interface ResolvedRun {
  readonly name: string;
  readonly phases: readonly PhaseSlug[];
  readonly seed: number;
  readonly corpus: { readonly id: Ulid; readonly sha256: string } | null;
  readonly models: readonly Ulid[];
  readonly config: Readonly<Partial<Record<PhaseSlug, Readonly<Record<string, unknown>>>>>;
  readonly gates: Readonly<Partial<Record<PhaseSlug, readonly Gate[]>>>;
  /** Per operation of the phase's jobs, as contracts/jobs.json said when the run was submitted. */
  readonly threads: Threads;
}

export interface Run {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly id: Ulid;
  readonly name: string;
  readonly status: RunStatus;
  readonly document: RunDocument;
  readonly resolved: ResolvedRun;
  readonly phases: readonly PhaseRecord[];
  /** Names of the executions, oldest first: `<runId>-<n>`. */
  readonly executions: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: RunError | null;
  /** Key of report.json once the run has finished. */
  readonly report: string | null;
  readonly origin?: RunOrigin | null;
  /** The plan that it follows, and why; absent where its document asked for none. */
  readonly burst?: BurstPlan | null;
  /** What it may cost, as raised last; absent: what its document says. */
  readonly maxUsd?: number | null;
  /** Why it waits; null for one that does not. */
  readonly pauseReason?: PauseReason | null;
  /** Rises by one with each write, by whoever writes; the ETag. */
  readonly version: number;
}

export function isTerminal(status: RunStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Refuses to change the phases of a run that has ended: a late or repeated step must not rewrite what is final. */
export function requireOpen(run: Run): void {
  if (run.status === 'cancelling' || run.status === 'cancelled') {
    throw new ForgeError('cancelled', `Run ${run.id} is ${run.status}.`, {
      hint: 'Submit the run again when you want it.',
    });
  }
  if (!isTerminal(run.status)) return;
  throw new ForgeError(
    'conflict',
    `Run ${run.id} has ended (${run.status}); its phases do not change any more.`,
    {
      code: 'run_ended',
      hint: 'Submit a new run.',
    },
  );
}

/** Refuses what an execution asks for that another one has taken over from. Unnamed callers are not checked. */
export function requireNewest(run: Run, execution: string | undefined): void {
  if (isNewest(run, execution)) return;
  throw new ForgeError(
    'cancelled',
    `Execution ${execution} of run ${run.id} was taken over by a later one.`,
    {
      code: 'stale_execution',
      hint: `The run goes on as ${run.executions.at(-1)}.`,
    },
  );
}

export function isNewest(run: Run, execution: string | undefined): boolean {
  return execution === undefined || execution === run.executions.at(-1);
}

/** True from the request to pause until the run goes on: nothing is started meanwhile, and nothing fails. */
export function isPaused({ status }: Pick<Run, 'status'>): boolean {
  return status === 'pausing' || status === 'paused';
}

/** What the run may cost; null for one without a cap. */
export const capOf = ({ maxUsd, document }: Pick<Run, 'maxUsd' | 'document'>): number | null =>
  maxUsd ?? document.budget?.maxUsd ?? null;

export function newRun(facts: {
  tenant: string;
  id: Ulid;
  document: RunDocument;
  resolved: ResolvedRun;
  at: string;
}): Run {
  return {
    schemaVersion: 1,
    tenant: facts.tenant,
    id: facts.id,
    name: facts.document.name,
    status: 'queued',
    document: facts.document,
    resolved: facts.resolved,
    phases: facts.resolved.phases.map(newPhaseRecord),
    executions: [`${facts.id}-1`],
    createdAt: facts.at,
    updatedAt: facts.at,
    startedAt: null,
    endedAt: null,
    error: null,
    report: null,
    version: 1,
  };
}

function newPhaseRecord(slug: PhaseSlug): PhaseRecord {
  return {
    slug,
    status: 'pending',
    attempts: 0,
    startedAt: null,
    endedAt: null,
    inputs: [],
    outputs: [],
    gates: [],
    error: null,
  };
}

/** Moves a run to another status; asking for the one it has already is no change. */
export function moveRun(run: Run, status: RunStatus, at: string, error: RunError | null = null): Run {
  if (run.status === status) return run;
  if (!TRANSITIONS[run.status].includes(status)) {
    const allowed = TRANSITIONS[run.status].join(', ') || 'nothing: this state is final';
    throw new ForgeError('conflict', `Run ${run.id} is ${run.status} and cannot become ${status}.`, {
      code: 'illegal_transition',
      hint: `From ${run.status} it can become ${allowed}.`,
    });
  }
  return {
    ...run,
    status,
    error: error ?? run.error,
    startedAt: status === 'running' ? (run.startedAt ?? at) : run.startedAt,
    endedAt: isTerminal(status) ? at : run.endedAt,
    updatedAt: at,
  };
}

export function phaseRecord(run: Run, slug: PhaseSlug): PhaseRecord {
  const found = run.phases.find((phase) => phase.slug === slug);
  if (found) return found;
  throw new ForgeError('not_found', `Run ${run.id} has no phase ${slug}.`, {
    hint: `Its phases: ${run.phases.map((phase) => phase.slug).join(', ')}.`,
  });
}

function changePhase(run: Run, slug: PhaseSlug, at: string, change: Partial<PhaseRecord>): Run {
  phaseRecord(run, slug);
  const phases = run.phases.map((phase) => (phase.slug === slug ? { ...phase, ...change } : phase));
  return { ...run, phases, updatedAt: at };
}

export interface PhaseStart {
  readonly inputs: readonly Ulid[];
  /** Rounds that stand. */
  readonly rounds?: Rounds;
  readonly at: string;
}

export function startPhase(run: Run, slug: PhaseSlug, { inputs, rounds = [], at }: PhaseStart): Run {
  const before = phaseRecord(run, slug);
  return changePhase(run, slug, at, {
    status: 'running',
    attempts: before.attempts + 1,
    startedAt: before.startedAt ?? at,
    inputs,
    error: null,
    ...(rounds.length > 0 || before.rounds ? { rounds } : {}),
  });
}

export function completePhase(
  run: Run,
  slug: PhaseSlug,
  outputs: readonly Ulid[],
  gates: readonly GateVerdict[],
  at: string,
  fingerprint: PhaseFingerprint | null = null,
): Run {
  const done = { status: 'succeeded', outputs, gates, endedAt: at, error: null, fingerprint } as const;
  return changePhase(run, slug, at, done);
}

/** Waiting for another try. A try that ended before the phase was marked as started counts like any other. */
export function retryPhase(run: Run, slug: PhaseSlug, error: RunError, at: string): Run {
  return changePhase(run, slug, at, {
    status: 'pending',
    attempts: attemptsSoFar(phaseRecord(run, slug)),
    error,
  });
}

/** The start that is under way, or that comes next. */
export function attemptsSoFar({ status, attempts }: PhaseRecord): number {
  return status === 'running' ? attempts : attempts + 1;
}

/** How often the phase, or the round that it is in, was tried; the try that has just failed included. */
export function triesSoFar(record: PhaseRecord): number {
  return attemptsSoFar(record) - (record.settledAttempts ?? 0);
}

export function keepContract(run: Run, slug: PhaseSlug, checked: CheckedContract, at: string): Run {
  const others = (phaseRecord(run, slug).contracts ?? []).filter(
    ({ contract }) => contract !== checked.contract,
  );
  return changePhase(run, slug, at, { contracts: [...others, checked] });
}

/** A round has ended; the attempt that ended it is the first one of the next. */
export function endRound(run: Run, slug: PhaseSlug, rounds: Rounds, at: string): Run {
  const settledAttempts = Math.max(0, phaseRecord(run, slug).attempts - 1);
  return changePhase(run, slug, at, { rounds, settledAttempts });
}

/** What ran when the run was paused waits for it to go on. A start that was paused does not count as a try. */
export function releasePhases(run: Run): Run {
  const phases = run.phases.map((phase) =>
    phase.status === 'running'
      ? { ...phase, status: 'pending' as const, attempts: Math.max(0, phase.attempts - 1) }
      : phase,
  );
  return { ...run, phases };
}

/** What still ran when the run ended has ended with it. */
export function endRunningPhases(run: Run, at: string): Run {
  const status: PhaseStatus = run.status === 'cancelled' ? 'cancelled' : 'failed';
  const phases = run.phases.map((phase) =>
    phase.status === 'running' ? { ...phase, status, endedAt: at } : phase,
  );
  return { ...run, phases };
}

export function failPhase(run: Run, slug: PhaseSlug, error: RunError, at: string): Run {
  const status: PhaseStatus = error.kind === 'cancelled' ? 'cancelled' : 'failed';
  return changePhase(run, slug, at, { status, error, endedAt: at });
}

/** The phase of the run before this one; null where the models come from outside. */
export function phaseBefore(run: Run, slug: PhaseSlug): PhaseSlug | null {
  return run.phases[run.phases.indexOf(phaseRecord(run, slug)) - 1]?.slug ?? null;
}

/** Models that go into a phase: the outputs of the phase before it, or the run's input models. */
export function modelsInto(run: Run, slug: PhaseSlug): readonly Ulid[] {
  const position = run.phases.indexOf(phaseRecord(run, slug));
  const before = run.phases[position - 1];
  return before ? before.outputs : run.resolved.models;
}
