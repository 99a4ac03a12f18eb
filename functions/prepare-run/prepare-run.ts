/** First step of an execution: which phases are to be walked. */
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { runPayload } from '../shared/task-payloads.ts';

export function createPrepareRun(ports: Parameters<typeof prepareRun>[0]): TaskFunction {
  return taskFunction('prepare-run', runPayload, (principal, event) =>
    prepareRun(ports, principal, event.runId, event.execution),
  );
}
