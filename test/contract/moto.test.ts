/** The AWS adapters on a moto server: the same promises as the embedded ones. */
import { dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';
import { motoTable } from '#test/support/moto-table.ts';
import { connectionSuite } from './connection-suite.ts';
import { runLogSuite } from './log-suite.ts';
import { rateCounterSuite } from './rate-counter-suite.ts';
import { runRegistrySuite } from './registry-suite.ts';

// Moto takes tens of milliseconds for a transaction on a busy machine, and a race of twenty writers has hundreds.
jest.setTimeout(120_000);

let server: MotoServer;
beforeAll(async () => {
  server = await startMotoServer();
});
afterAll(() => server.close());

async function registryWorld() {
  const table = await motoTable(server);
  return { ports: dynamoPorts(table.client, table.name), close: table.close };
}

runRegistrySuite('DynamoDB', registryWorld);
runLogSuite('DynamoDB', registryWorld);
rateCounterSuite('DynamoDB', async () => {
  const { ports, close } = await registryWorld();
  return { rateCounter: ports.rateCounter, close };
});
connectionSuite('DynamoDB', async () => {
  const table = await motoTable(server);
  return { connections: dynamoPorts(table.client, table.name).connections, close: table.close };
});
