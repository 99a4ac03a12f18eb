/** Takes what the job queue says of a job into the event log of its run. */
import { recordJobStatus } from '#core/application/commands/record-job-status.ts';
import type { Ports } from '#core/ports/ports.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { jobPayload } from '../shared/task-payloads.ts';

export function createRecordJob(ports: Ports): TaskFunction {
  return taskFunction('record-job', jobPayload, (principal, event) =>
    recordJobStatus(ports, principal, event),
  );
}
