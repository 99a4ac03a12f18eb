/** Checks the hand-over and says which jobs to submit. */
import { startPhase } from '#core/application/commands/start-phase.ts';
import type { Ports } from '#core/ports/ports.ts';
import { startEvent } from '../shared/task-events.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';

export function createStartPhase(ports: Ports): TaskFunction {
  return taskFunction('start-phase', startEvent, (principal, event) => startPhase(ports, principal, event));
}
