/** Decides what a failure means: once more, or the end. */
import { failPhase } from '#core/application/commands/fail-phase.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { failurePayload } from '../shared/task-payloads.ts';

export function createFailPhase(ports: Parameters<typeof failPhase>[0]): TaskFunction {
  return taskFunction('fail-phase', failurePayload, (principal, event) => failPhase(ports, principal, event));
}
