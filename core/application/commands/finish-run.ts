/** Last step of an execution: writes the report and gives the run its final status. */
import { reportKey } from '../../domain/blob-key.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { buildReport, type RunReport } from '../../domain/report.ts';
import { renderReport } from '../../domain/report-markdown.ts';
import {
  endRunningPhases,
  isTerminal,
  moveRun,
  type Run,
  type RunError,
  type RunStatus,
} from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { changeRun } from './change-run.ts';

export interface RunToFinish {
  readonly runId: Ulid;
  readonly outcome: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
}

type FinishPorts = Pick<
  Ports,
  'runs' | 'models' | 'metrics' | 'corpora' | 'registry' | 'blobWriter' | 'clock'
>;

/** Finishing a run that has ended changes nothing. */
export async function finishRun(ports: FinishPorts, principal: Principal, facts: RunToFinish): Promise<Run> {
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, facts.runId, async (before) => {
    if (isTerminal(before.status)) return { run: before };
    const status = finalStatus(before, facts);
    const error = status === 'failed' ? runError(before, facts) : null;
    const ended = endRunningPhases(moveRun(before, status, at, error), at);
    // Before the run says that it has ended, so that whoever sees the end finds the report.
    await writeReport(ports, principal, ended);
    const type =
      status === 'succeeded' ? 'RunCompleted' : status === 'cancelled' ? 'RunCancelled' : 'RunFailed';
    return {
      run: { ...ended, report: reportKey(before.id, 'json') },
      events: [
        {
          type,
          key: `ended/${before.executions.at(-1)}`,
          run: before.id,
          phase: null,
          attempt: null,
          at,
          data: { ...error },
        },
      ],
    };
  });
}

function finalStatus(run: Run, { outcome }: RunToFinish): RunStatus {
  if (run.status === 'cancelling' || run.status === 'paused') return 'cancelled';
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

async function writeReport(ports: FinishPorts, principal: Principal, run: Run): Promise<RunReport> {
  const metrics = await ports.metrics.list(principal.tenant, run.id, {});
  const { items: models } = await ports.models.list(
    principal.tenant,
    { run: run.id },
    { limit: 1000, after: null },
  );
  const corpus = run.resolved.corpus && (await ports.corpora.get(principal.tenant, run.resolved.corpus.id));
  const report = buildReport({ run, models: [...models].reverse(), metrics, corpus });
  const encode = (text: string) => new TextEncoder().encode(text);
  await ports.blobWriter.write(
    reportKey(run.id, 'json'),
    encode(`${JSON.stringify(report, null, 2)}\n`),
    'application/json',
  );
  await ports.blobWriter.write(reportKey(run.id, 'md'), encode(renderReport(report)), 'text/markdown');
  return report;
}
