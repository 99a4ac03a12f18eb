/** First step of an execution: which phases are to be walked. */
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import type { Ports } from '#core/ports/ports.ts';
import { runEvent } from '../shared/task-events.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';

export function createPrepareRun(ports: Ports): TaskFunction {
  return taskFunction('prepare-run', runEvent, (principal, event) =>
    prepareRun(ports, principal, event.runId, event.execution),
  );
}
