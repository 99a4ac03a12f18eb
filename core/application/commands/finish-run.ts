/** Last step of an execution: writes the report and gives the run its final status. */

import type { FinalEventType } from '#contracts/source/event-types.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { RunReport } from '#contracts/source/report.ts';
import { reportKey } from '../../domain/blob-key.ts';
import { reportedCostOf } from '../../domain/cost-sums.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { buildReport } from '../../domain/report.ts';
import { renderReport } from '../../domain/report-markdown.ts';
import {
  endRunningPhases,
  isNewest,
  isTerminal,
  moveRun,
  type Run,
  type RunError,
  type RunStatus,
  releasePhases,
} from '../../domain/run.ts';
import { shownMetrics } from '../../domain/shown-metrics.ts';
import type { Ports } from '../../ports/ports.ts';
import { listClaims } from '../queries/list-claims.ts';
import { readAnswers } from '../queries/read-answers.ts';
import { changeRun, type RunChange } from './change-run.ts';

export interface RunToFinish {
  readonly runId: Ulid;
  readonly outcome: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** Which execution has ended; one that was taken over from ends nothing. */
  readonly execution?: string;
}

export type FinishPorts = Pick<
  Ports,
  'runs' | 'models' | 'metrics' | 'costs' | 'corpora' | 'registry' | 'blobs' | 'blobWriter' | 'clock'
>;

/** Finishing a run that has ended changes nothing. */
export async function finishRun(ports: FinishPorts, principal: Principal, facts: RunToFinish): Promise<Run> {
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, facts.runId, async (before) => {
    if (isTerminal(before.status) || before.status === 'paused') return { run: before };
    if (!isNewest(before, facts.execution)) return { run: before };
    if (isPausedBy(before, facts)) return pausedRun(before, at);
    const status = finalStatus(before, facts);
    const error = status === 'failed' ? runError(before, facts) : null;
    return endRun(ports, principal, before, { status, error, at });
  });
}

/** The end of a run with its report and its event. */
export async function endRun(
  ports: FinishPorts,
  principal: Principal,
  before: Run,
  { status, error, at }: { status: EndStatus; error: RunError | null; at: string },
): Promise<RunChange> {
  const ended = endRunningPhases(moveRun(before, status, at, error), at);
  // Before the run says that it has ended, so that whoever sees the end finds the report.
  await writeReport(ports, principal, ended);
  return {
    run: { ...ended, report: reportKey(before.id, 'json') },
    events: [
      {
        type: END_EVENTS[status],
        key: `ended/${before.executions.at(-1)}`,
        run: before.id,
        phase: null,
        attempt: null,
        at,
        data: { ...error },
      },
    ],
  };
}

/**
 * A pause that was asked for is what ended the execution, unless it had done everything or a phase had failed before:
 * neither of the two can go on.
 */
function isPausedBy(run: Run, { outcome }: RunToFinish): boolean {
  if (run.status !== 'pausing' || outcome === 'SUCCEEDED') return false;
  return !run.phases.some((phase) => phase.status === 'failed');
}

/** The run waits; a phase that was at work goes on from its checkpoints. */
export function pausedRun(before: Run, at: string): RunChange {
  const execution = before.executions.at(-1);
  return {
    run: releasePhases(moveRun(before, 'paused', at)),
    events: [
      {
        type: 'RunPaused',
        key: `paused/${execution}`,
        run: before.id,
        phase: null,
        attempt: null,
        at,
        data: { execution, reason: before.pauseReason ?? 'requested' },
      },
    ],
  };
}

type EndStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;

const END_EVENTS: Readonly<Record<EndStatus, FinalEventType>> = {
  succeeded: 'RunCompleted',
  failed: 'RunFailed',
  cancelled: 'RunCancelled',
};

function finalStatus(run: Run, { outcome }: RunToFinish): EndStatus {
  if (run.status === 'cancelling') return 'cancelled';
  // An execution that ends well without having prepared its run did nothing for it.
  if (outcome === 'SUCCEEDED' && run.status !== 'queued') return 'succeeded';
  return outcome === 'ABORTED' ? 'cancelled' : 'failed';
}

/** The failed phase's own error; without one, what the execution died of. */
function runError(run: Run, { error, cause }: RunToFinish): RunError {
  const failed = run.phases.find((phase) => phase.error !== null)?.error;
  if (failed) return failed;
  const message = [error, cause].filter(Boolean).join(': ') || 'The execution ended without a reason.';
  return {
    kind: 'bug',
    message: message.slice(0, 2000),
    phase: null,
    hint: `Read the log: forge runs logs ${run.id}`,
  };
}

/** What the run measured and made, and what stands in it of other runs. */
async function figuresOf(
  { metrics, models }: Pick<Ports, 'metrics' | 'models'>,
  { tenant }: Principal,
  run: Run,
): Promise<{ readonly metrics: readonly MetricRecord[]; readonly models: readonly Model[] }> {
  const measured = [...(await metrics.list(tenant, run.id, {}))];
  const { items } = await models.list(tenant, { run: run.id }, { limit: 1000, after: null });
  const made = [...items];
  for (const { slug, reusedFrom } of run.phases) {
    if (!reusedFrom) continue;
    measured.push(...(await metrics.list(tenant, reusedFrom, { phase: slug })));
    const page = { limit: 1000, after: null };
    made.push(...(await models.list(tenant, { run: reusedFrom, phase: slug }, page)).items);
  }
  return { metrics: shownMetrics(measured), models: made };
}

async function writeReport(ports: FinishPorts, principal: Principal, run: Run): Promise<RunReport> {
  const { metrics, models } = await figuresOf(ports, principal, run);
  const corpus = run.resolved.corpus && (await ports.corpora.get(principal.tenant, run.resolved.corpus.id));
  const answers = await readAnswers(ports, principal, run);
  const entries = await ports.costs.list(principal.tenant, run.id);
  const report = buildReport({
    run,
    models: [...models].reverse(),
    metrics,
    corpus,
    claims: listClaims(),
    answers,
    ...(entries.length > 0 ? { cost: reportedCostOf(run, entries, ports.clock.now()) } : {}),
  });
  const encode = (text: string) => new TextEncoder().encode(text);
  await ports.blobWriter.write(
    reportKey(run.id, 'json'),
    encode(`${JSON.stringify(report, null, 2)}\n`),
    'application/json',
  );
  await ports.blobWriter.write(reportKey(run.id, 'md'), encode(renderReport(report)), 'text/markdown');
  return report;
}
