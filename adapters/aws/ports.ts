/**
 * The AWS ports, wired from the environment. One maker for each resource that a function may be granted: a handler calls
 * those that it needs, and nothing else gets into its bundle.
 */
import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { ResourceVariable } from '#contracts/source/functions.ts';
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import type { EventBus } from '#core/ports/event-bus.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { JobDirectory } from '#core/ports/job-directory.ts';
import type { JobReader } from '#core/ports/job-reader.ts';
import type { LogReader } from '#core/ports/log-reader.ts';
import type { Notifier } from '#core/ports/notifier.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { SecretReader } from '#core/ports/secret-reader.ts';
import type { SocketSender } from '#core/ports/socket-sender.ts';
import type { Workflow } from '#core/ports/workflow.ts';
import { batchJobLogs, logsClient } from './batch-job-logs.ts';
import { batchClient, batchJobs } from './batch-jobs.ts';
import { clientConfig } from './client-config.ts';
import { type DynamoPorts, dynamoPorts } from './dynamo-ports.ts';
import { eventBridgeBus, eventBridgeClient } from './event-bridge-bus.ts';
import { parameterSecrets, ssmClient } from './parameter-secrets.ts';
import { s3BlobStore } from './s3-blob-store.ts';
import { s3Client } from './s3-client.ts';
import { snsClient, snsNotifier } from './sns-notifier.ts';
import { socketClient, socketConnections } from './socket-connections.ts';
import { sfnClient, stepFunctionsWorkflow } from './step-functions-workflow.ts';
import { streamEvents } from './stream-events.ts';

export { readEnvironment, readIdentity, readRequestsPerMinute } from './environment.ts';

type Environment<Name extends ResourceVariable> = Readonly<Record<Name, string>>;

/** What needs no service. */
export const ownPorts: Pick<Ports, 'clock' | 'entropy' | 'hasher'> = {
  clock: { now: () => new Date() },
  entropy: { bytes: (count) => randomBytes(count) },
  hasher: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
};

export const tablePorts = ({ FORGE_TABLE }: Environment<'FORGE_TABLE'>): DynamoPorts =>
  dynamoPorts(new DynamoDBClient(clientConfig()), FORGE_TABLE);

/** Reads the events out of the images of the table's stream. */
export const tableStream = (
  events: EventReader,
): ((image: Readonly<Record<string, unknown>>) => Promise<ForgeEvent | null>) => streamEvents(events);

export function blobPorts({ FORGE_BUCKET }: Environment<'FORGE_BUCKET'>): {
  readonly blobs: BlobReader;
  readonly blobWriter: BlobWriter;
} {
  const store = s3BlobStore(s3Client(), FORGE_BUCKET);
  return { blobs: store, blobWriter: store };
}

export const workflowPort = ({ FORGE_PIPELINE_ARN }: Environment<'FORGE_PIPELINE_ARN'>): Workflow =>
  stepFunctionsWorkflow(sfnClient(), FORGE_PIPELINE_ARN);

export function jobPorts({ FORGE_JOB_QUEUE }: Environment<'FORGE_JOB_QUEUE'>): {
  readonly jobs: JobReader;
  readonly jobDirectory: JobDirectory;
} {
  const jobs = batchJobs(batchClient(), FORGE_JOB_QUEUE.split(','));
  return { jobs, jobDirectory: jobs };
}

export const logPort = (
  { FORGE_JOB_LOG_GROUP }: Environment<'FORGE_JOB_LOG_GROUP'>,
  jobs: JobDirectory,
): LogReader => batchJobLogs(logsClient(), FORGE_JOB_LOG_GROUP, jobs);

export const busPort = ({ FORGE_EVENT_BUS }: Environment<'FORGE_EVENT_BUS'>): EventBus =>
  eventBridgeBus(eventBridgeClient(), FORGE_EVENT_BUS);

export const noticePort = ({ FORGE_TOPIC_ARN }: Environment<'FORGE_TOPIC_ARN'>): Notifier =>
  snsNotifier(snsClient(), FORGE_TOPIC_ARN);

export const socketPort = ({ FORGE_SOCKET_ENDPOINT }: Environment<'FORGE_SOCKET_ENDPOINT'>): SocketSender =>
  socketConnections(socketClient(FORGE_SOCKET_ENDPOINT));

export const secretPort = ({ FORGE_SECRET_PREFIX }: Environment<'FORGE_SECRET_PREFIX'>): SecretReader =>
  parameterSecrets(ssmClient(), FORGE_SECRET_PREFIX, ownPorts.clock);
