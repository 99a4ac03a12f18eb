/** on-upload on AWS Lambda, called by EventBridge when an object was created below `uploads/`. */
import { blobPorts, ownPorts, readEnvironment, tablePorts, workflowPort } from '#adapters/aws/ports.ts';
import { readTriggers } from '#adapters/aws/triggers-environment.ts';
import { createOnUpload } from './on-upload.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET', 'FORGE_PIPELINE_ARN']);
const ports = {
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
  workflow: workflowPort(environment),
};

export const handler = createOnUpload(ports, readTriggers().uploads);
