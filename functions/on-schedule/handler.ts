/** on-schedule on AWS Lambda, called by the scheduler. */
import { blobPorts, ownPorts, readEnvironment, tablePorts, workflowPort } from '#adapters/aws/ports.ts';
import { readTriggers } from '#adapters/aws/triggers-environment.ts';
import { createOnSchedule } from './on-schedule.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET', 'FORGE_PIPELINE_ARN']);
const ports = {
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
  workflow: workflowPort(environment),
};

export const handler = createOnSchedule(ports, readTriggers().schedules);
