/** Takes the lines that a job printed into the event log. */
import { recordEvents } from '#core/application/commands/record-events.ts';
import type { Ports } from '#core/ports/ports.ts';
import { logEvent } from '../shared/task-events.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';

export function createIngestEvents(ports: Ports): TaskFunction {
  return taskFunction('ingest-events', logEvent, (principal, event) => recordEvents(ports, principal, event));
}
