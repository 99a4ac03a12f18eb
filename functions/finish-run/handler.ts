/** finish-run on AWS Lambda. */
import { blobPorts, ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createFinishRun } from './finish-run.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET']);

export const handler = createFinishRun({
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
});
