/** record-job on AWS Lambda, called by EventBridge when a job of the queue changes its status. */
import { jobPorts, ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createJobStatusEvent } from './job-status-event.ts';
import { createRecordJob } from './record-job.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_JOB_QUEUE']);

export const handler = createJobStatusEvent(
  createRecordJob({ ...ownPorts, ...tablePorts(environment) }),
  jobPorts(environment).jobDirectory,
);
