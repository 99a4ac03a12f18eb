/** ingest-events on AWS Lambda, called by a subscription of the jobs' log group. */
import { jobPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createIngestEvents } from './ingest-events.ts';
import { createLogSubscription } from './log-subscription.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_JOB_QUEUE']);

export const handler = createLogSubscription(
  createIngestEvents(tablePorts(environment)),
  jobPorts(environment).jobDirectory,
);
