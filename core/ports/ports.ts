/** All ports together: what a composition root provides and what each function picks from. */
import type { BlobWriter } from './blob-writer.ts';
import type { Entropy, Hasher } from './clock.ts';
import type { EventWriter } from './event-writer.ts';
import type { MetricWriter } from './metric-writer.ts';
import type { ReadPorts } from './read-ports.ts';
import type { RegistryWriter } from './registry-writer.ts';
import type { Workflow } from './workflow.ts';

/** What a command may touch. */
export interface Ports extends ReadPorts {
  readonly registry: RegistryWriter;
  readonly eventLog: EventWriter;
  readonly metricLog: MetricWriter;
  readonly blobWriter: BlobWriter;
  readonly workflow: Workflow;
  readonly entropy: Entropy;
  readonly hasher: Hasher;
}
