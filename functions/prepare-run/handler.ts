/** prepare-run on AWS Lambda. */
import { ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { createPrepareRun } from './prepare-run.ts';

const environment = readEnvironment(['FORGE_TABLE']);

export const handler = createPrepareRun({ ...ownPorts, ...tablePorts(environment) });
