/** start-phase on AWS Lambda. */
import { blobPorts, ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createStartPhase } from './start-phase.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET']);

export const handler = createStartPhase({
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
});
