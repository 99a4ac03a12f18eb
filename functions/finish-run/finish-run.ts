/** Last step of an execution: the report, and the run's final status. */
import { finishRun } from '#core/application/commands/finish-run.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { finishPayload } from '../shared/task-payloads.ts';

export function createFinishRun(ports: Parameters<typeof finishRun>[0]): TaskFunction {
  return taskFunction(
    'finish-run',
    finishPayload,
    async (principal, { runId, execution, outcome, error, cause }) => {
      const facts = {
        runId,
        execution,
        outcome,
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      };
      const { status, report } = await finishRun(ports, principal, facts);
      return { status, report };
    },
  );
}
