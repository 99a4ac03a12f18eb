/** reconcile on AWS Lambda, called each minute and when an execution of the pipeline has ended. */
import {
  blobPorts,
  jobPorts,
  ownPorts,
  readEnvironment,
  tablePorts,
  workflowPort,
} from '#adapters/aws/ports.ts';
import { createReconcile } from './reconcile.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET', 'FORGE_PIPELINE_ARN', 'FORGE_JOB_QUEUE']);

export const handler = createReconcile({
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
  ...jobPorts(environment),
  workflow: workflowPort(environment),
});
