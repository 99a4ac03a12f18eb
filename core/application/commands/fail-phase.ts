/** Classifies a failure and decides: once more, or fail with a reason that a person can act on. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { describedJob, endOf } from '../../domain/described-job.ts';
import type { ErrorKind } from '../../domain/errors.ts';
import {
  type JobAccount,
  needsChildren,
  RETRIED,
  type ReportedFailure,
  readFailure,
} from '../../domain/failure.ts';
import { failureHint } from '../../domain/failure-hint.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { currentTurn, roundOf } from '../../domain/rounds.ts';
import {
  failPhase as failPhaseOf,
  isNewest,
  isPaused,
  phaseRecord,
  type Run,
  type RunError,
  retryPhase,
  triesSoFar,
} from '../../domain/run.ts';
import { planStages } from '../../domain/stage-plan.ts';
import type { Ports } from '../../ports/ports.ts';
import { getRun } from '../queries/get-run.ts';
import { readResult, resultKeys } from '../queries/read-results.ts';
import { changeRun } from './change-run.ts';

export interface PhaseToFail extends ReportedFailure {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  /** Who asks; one that was taken over from changes nothing. */
  readonly execution?: string;
}

export interface FailureDecision {
  readonly action: 'retry' | 'fail';
  readonly waitSeconds: number;
  readonly error: ErrorKind;
  readonly cause: string;
}

/** The execution ends; the phase is left as it is, and the run is settled as paused. */
const STOPPED: FailureDecision = {
  action: 'fail',
  waitSeconds: 0,
  error: 'cancelled',
  cause: 'The run was paused, or goes on in a later execution.',
};

type FailPorts = Pick<Ports, 'runs' | 'registry' | 'blobs' | 'clock' | 'jobs'>;

export async function failPhase(
  ports: FailPorts,
  principal: Principal,
  facts: PhaseToFail,
): Promise<FailureDecision> {
  const run = await getRun(ports, principal, facts.runId);
  if (isPaused(run) || !isNewest(run, facts.execution)) return STOPPED;
  // A requested stop is never retried, whatever the job died of.
  const stopping = run.status === 'cancelling' || run.status === 'cancelled';
  const error = stopping ? cancelled(facts) : await classify(ports, run, facts);
  const attempts = triesSoFar(phaseRecord(run, facts.phase));
  const retry = !stopping && RETRIED.includes(error.kind) && attempts < jobs.phaseTries;
  if (retry) await writeRetry(ports, principal, facts, error);
  else await writeFailure(ports, principal, facts, error);
  return {
    action: retry ? 'retry' : 'fail',
    waitSeconds: retry ? 2 ** attempts : 0,
    error: error.kind,
    cause: error.message.slice(0, 1000),
  };
}

function cancelled({ phase }: PhaseToFail): RunError {
  return {
    kind: 'cancelled',
    message: 'Cancelled on request.',
    phase,
    hint: 'Submit the run again when you want it.',
  };
}

async function classify(
  ports: Pick<Ports, 'blobs' | 'jobs'>,
  run: Run,
  facts: PhaseToFail,
): Promise<RunError> {
  const { phase } = facts;
  const job = describedJob(facts.cause);
  const children = needsChildren(job) ? ((await ports.jobs?.failedChildren(job.JobId)) ?? []) : [];
  const ends = job === null || needsChildren(job) ? children : [endOf(job)];
  const { kind, message } = readFailure(facts, job, ends, job ? await accountsOf(ports, run, facts) : []);
  return { kind, message, phase, hint: failureHint(kind, { run, phase }) };
}

/** What the jobs of the phase wrote about themselves, whichever try it was. */
async function accountsOf(
  ports: Pick<Ports, 'blobs'>,
  run: Run,
  { runId, phase }: PhaseToFail,
): Promise<readonly JobAccount[]> {
  const stages = planStages(phase, run.resolved.config[phase]);
  const turn = currentTurn(stages, phaseRecord(run, phase).rounds ?? []);
  const keys = turn.stages.flatMap((stage) =>
    resultKeys(runId, phase, { stage, round: roundOf(stage, turn) }),
  );
  const results = await Promise.all(keys.map((key) => readResult(ports, key).catch(() => null)));
  return results.flatMap((result) =>
    result?.error ? [{ ...result.error, jobId: result.jobId, attempt: result.attempt }] : [],
  );
}

async function writeRetry(
  ports: FailPorts,
  principal: Principal,
  { runId, phase }: PhaseToFail,
  error: RunError,
): Promise<void> {
  const at = ports.clock.now().toISOString();
  await changeRun(ports, principal, runId, (before) => {
    if (phaseRecord(before, phase).status === 'succeeded' || isPaused(before)) return { run: before };
    const run = retryPhase(before, phase, error, at);
    const attempt = phaseRecord(run, phase).attempts;
    return {
      run,
      events: [{ type: 'PhaseRetried', run: runId, phase, attempt, at, data: { ...error } }],
    };
  });
}

async function writeFailure(
  ports: FailPorts,
  principal: Principal,
  facts: PhaseToFail,
  error: RunError,
): Promise<void> {
  const at = ports.clock.now().toISOString();
  await changeRun(ports, principal, facts.runId, (run) => {
    const { status, attempts } = phaseRecord(run, facts.phase);
    if (status === 'failed' || status === 'cancelled' || status === 'succeeded') return { run };
    if (isPaused(run)) return { run };
    return {
      run: failPhaseOf(run, facts.phase, error, at),
      events: [
        { type: 'PhaseFailed', run: run.id, phase: facts.phase, attempt: attempts, at, data: { ...error } },
        {
          type: 'error_notification',
          run: run.id,
          phase: facts.phase,
          attempt: attempts,
          at,
          data: { ...error },
        },
      ],
    };
  });
}
