/** Verifies and registers what a phase's jobs left. */
import { completePhase } from '#core/application/commands/complete-phase.ts';
import type { Ports } from '#core/ports/ports.ts';
import { completionEvent } from '../shared/task-events.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';

export function createCompletePhase(ports: Ports): TaskFunction {
  return taskFunction('complete-phase', completionEvent, (principal, event) =>
    completePhase(ports, principal, event),
  );
}
