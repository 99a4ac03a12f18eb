/** relay-events on AWS Lambda, called with new images of the table. */
import { busPort, readEnvironment, tablePorts, tableStream } from '#adapters/aws/ports.ts';
import { createRelayEvents } from './relay-events.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_EVENT_BUS']);

export const handler = createRelayEvents({
  bus: busPort(environment),
  eventOf: tableStream(tablePorts(environment).events),
});
