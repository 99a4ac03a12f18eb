/** The start of a run's newest execution, by whoever finds that it did not start. */
import type { Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';

/** Starts the newest execution of a queued or resumed run. Starting what runs already is no error. */
export async function startExecution(ports: Pick<Ports, 'workflow'>, run: Run): Promise<void> {
  const name = run.executions.at(-1);
  if ((run.status !== 'queued' && run.status !== 'running') || name === undefined) return;
  await ports.workflow.startPipeline(name, { tenant: run.tenant, runId: run.id, execution: name });
}
