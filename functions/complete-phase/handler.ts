/** complete-phase on AWS Lambda. */
import { blobPorts, ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createCompletePhase } from './complete-phase.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET']);

export const handler = createCompletePhase({
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
});
