/**
 * The manifest of functions: what each is made from, what calls it and what it may do. Deployment turns each grant into
 * a statement of its policy and sets the variables that the grant's resource is found by; the composition of the AWS
 * ports reads the very same variables.
 */
import * as z from 'zod';
import { name } from './scalars.ts';

/** What a function may do, `resource:action`. Nothing else is allowed to it but to write its own log. */
export const GRANTS = [
  /** GetItem, BatchGetItem, Query, ConditionCheckItem on the table and its indexes. */
  'table:read',
  /** PutItem, UpdateItem, DeleteItem on the table, and with them TransactWriteItems. */
  'table:write',
  /** GetRecords, GetShardIterator, DescribeStream, ListStreams of the table's stream. */
  'table:stream',
  /** GetObject, and ListBucket. */
  'blobs:read',
  /** PutObject, AbortMultipartUpload. */
  'blobs:write',
  /** DeleteObject: garbage only. */
  'blobs:delete',
  'workflow:start',
  'workflow:stop',
  'workflow:describe',
  /** ListJobs and DescribeJobs. */
  'jobs:read',
  'jobs:terminate',
  /** GetLogEvents of the jobs' log group. */
  'logs:read',
  /** PutEvents on the bus. */
  'events:put',
  'topic:publish',
  /** PostToConnection of the WebSocket API. */
  'sockets:post',
  /** GetParameter of the secrets below the stage's prefix. */
  'secrets:read',
  /** PutParameter of a secret that a function makes itself where there is none yet. */
  'secrets:make',
] as const;

export type Grant = (typeof GRANTS)[number];
export type Resource = Grant extends `${infer Name}:${string}` ? Name : never;

/** The variables that tell a function where a resource is. */
export const RESOURCE_VARIABLES = {
  table: ['FORGE_TABLE'],
  blobs: ['FORGE_BUCKET'],
  /** ARN of the pipeline machine. */
  workflow: ['FORGE_PIPELINE_ARN'],
  /** Names of the queues, separated by commas. */
  jobs: ['FORGE_JOB_QUEUE'],
  logs: ['FORGE_JOB_LOG_GROUP'],
  events: ['FORGE_EVENT_BUS'],
  topic: ['FORGE_TOPIC_ARN'],
  /** `https://…/stage` of the WebSocket API. */
  sockets: ['FORGE_SOCKET_ENDPOINT'],
  /** Parameters are named `<prefix>/<secret>`. */
  secrets: ['FORGE_SECRET_PREFIX'],
} as const satisfies Readonly<Record<Resource, readonly string[]>>;

export type ResourceVariable = (typeof RESOURCE_VARIABLES)[Resource][number];

/** What calls a function. */
export const TRIGGERS = [
  /** The HTTP API. */
  'http',
  /** The HTTP API for keys: as its authorizer, before a request is passed on. */
  'authorise',
  /** A Task state of the state machines. */
  'task',
  /** A subscription of the jobs' log group. */
  'job-output',
  /** EventBridge: source `aws.batch`, detail type `Batch Job State Change`, of our queues. */
  'job-status',
  /** EventBridge: source `aws.states`, detail type `Step Functions Execution Status Change`, of the pipeline machine. */
  'execution-status',
  /** EventBridge: each minute. */
  'every-minute',
  /** EventBridge: source `aws.s3`, detail type `Object Created`, of our bucket, keys below `uploads/`. */
  'object-created',
  /** EventBridge Scheduler: each schedule of the triggers document, with {schedule, at}. */
  'schedule',
  /** Stream of the table, new images of events, with ReportBatchItemFailures. */
  'table-stream',
  /** Our own bus: the event types that contracts/subscriptions.json names. */
  'subscription',
  /** The WebSocket API: connect, disconnect and every frame. */
  'socket',
] as const;

export type Trigger = (typeof TRIGGERS)[number];

/**
 * The triggers document as JSON, for the functions that a trigger of it calls: the rules of uploads, the runs of schedules.
 */
export const TRIGGERS_VARIABLE = 'FORGE_TRIGGERS';

export const functionFacts = z.strictObject({
  entry: z.string().regex(/^functions\/[a-z-]+\/handler\.ts$/, 'expected functions/<name>/handler.ts'),
  memoryMiB: z.int().min(128).max(10_240),
  timeoutSeconds: z.int().min(1).max(900),
  triggers: z.array(z.enum(TRIGGERS)).min(1),
  grants: z.array(z.enum(GRANTS)),
});

export const functionsManifest = z.strictObject({
  schemaVersion: z.literal(1),
  functions: z.record(name, functionFacts),
});

export type FunctionFacts = Readonly<z.output<typeof functionFacts>>;
export type FunctionsManifest = Readonly<z.output<typeof functionsManifest>>;

/** Whether an API calls a function: such ones are deployed with them, apart from what runs a run. */
export const isOfTheApi = ({ triggers }: { readonly triggers: readonly string[] }): boolean =>
  ['http', 'authorise', 'socket'].some((trigger) => triggers.includes(trigger));

/** The variables that a function with these grants is given. */
export function variablesOf(grants: readonly Grant[]): readonly ResourceVariable[] {
  const resources = new Set(grants.map((grant) => grant.slice(0, grant.indexOf(':')) as Resource));
  return [...resources].flatMap((resource) => [...RESOURCE_VARIABLES[resource]]);
}
