/** Takes the lines that a job printed into the event log. */
import { recordEvents } from '#core/application/commands/record-events.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { logPayload } from '../shared/task-payloads.ts';

export function createIngestEvents(ports: Parameters<typeof recordEvents>[0]): TaskFunction {
  return taskFunction('ingest-events', logPayload, (principal, event) =>
    recordEvents(ports, principal, event),
  );
}
