/** The ports in memory keep the same promises, so that tests of use cases on them mean something. */

import { memoryConnections } from '#adapters/local/memory-connections.ts';
import { processRateCounter } from '#adapters/local/process-rate-counter.ts';
import { memoryPorts } from '#test/support/memory-ports.ts';
import { blobStoreSuite } from './blob-store-suite.ts';
import { connectionSuite } from './connection-suite.ts';
import { runLogSuite } from './log-suite.ts';
import { rateCounterSuite } from './rate-counter-suite.ts';
import { runRegistrySuite } from './registry-suite.ts';
import { workflowSuite } from './workflow-suite.ts';

const world = async () => {
  const ports = memoryPorts();
  return { ports, blobs: ports.blobs, blobWriter: ports.blobWriter, close: async () => undefined };
};

runRegistrySuite('in-memory', world);
runLogSuite('in-memory', world);
rateCounterSuite('process', async () => ({
  rateCounter: processRateCounter(),
  close: async () => undefined,
}));
blobStoreSuite('in-memory', world);
connectionSuite('in-memory', async () => ({
  connections: memoryConnections(),
  close: async () => undefined,
}));
workflowSuite('in-memory', async () => {
  const { workflow } = memoryPorts();
  return { workflow, started: () => workflow.started.size, close: async () => undefined };
});
