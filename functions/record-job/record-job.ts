/** Takes what the job queue says of a job into the event log of its run. */
import { recordJobStatus } from '#core/application/commands/record-job-status.ts';
import { type TaskFunction, taskFunction } from '../shared/task-function.ts';
import { jobPayload } from '../shared/task-payloads.ts';

export function createRecordJob(ports: Parameters<typeof recordJobStatus>[0]): TaskFunction {
  return taskFunction('record-job', jobPayload, (principal, event) =>
    recordJobStatus(ports, principal, event),
  );
}
