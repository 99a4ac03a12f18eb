/** Checks the hand-over and says which jobs to submit. */
import { startPhase } from '#core/application/commands/start-phase.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { startPayload } from '../shared/task-payloads.ts';

export function createStartPhase(ports: Parameters<typeof startPhase>[0]): TaskFunction {
  return taskFunction('start-phase', startPayload, (principal, event) => startPhase(ports, principal, event));
}
