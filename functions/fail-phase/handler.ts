/** fail-phase on AWS Lambda. */
import { blobPorts, jobPorts, ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createFailPhase } from './fail-phase.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_BUCKET', 'FORGE_JOB_QUEUE']);

export const handler = createFailPhase({
  ...ownPorts,
  ...tablePorts(environment),
  ...blobPorts(environment),
  ...jobPorts(environment),
});
