/** push-events on AWS Lambda, called with new images of the table. */
import { ownPorts, readEnvironment, socketPort, tablePorts, tableStream } from '#adapters/aws/ports.ts';
import { createPushEvents } from './push-events.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_SOCKET_ENDPOINT']);
const table = tablePorts(environment);

export const handler = createPushEvents({
  ...ownPorts,
  ...table,
  sender: socketPort(environment),
  eventOf: tableStream(table.events),
});
