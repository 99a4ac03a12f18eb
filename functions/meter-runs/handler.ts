/** meter-runs on AWS Lambda, called each minute. */
import { ownPorts, readEnvironment, tablePorts, workflowPort } from '#adapters/aws/ports.ts';
import { createMeterRuns } from './meter-runs.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_PIPELINE_ARN']);

export const handler = createMeterRuns(
  { ...ownPorts, ...tablePorts(environment), workflow: workflowPort(environment) },
  { lookSeconds: 60 },
);
