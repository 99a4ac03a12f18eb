/** Verifies and registers what a phase's jobs left. */
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { completionPayload } from '../shared/task-payloads.ts';

export function createCompletePhase(ports: Parameters<typeof completePhase>[0]): TaskFunction {
  return taskFunction('complete-phase', completionPayload, (principal, event) =>
    completePhase(ports, principal, event),
  );
}
