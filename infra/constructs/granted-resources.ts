/** Where everything that a function may be granted lies: ARNs for its policy, and values for its variables. */
import type { Grant, ResourceVariable } from '#contracts/source/functions.ts';

export interface GrantedResources {
  readonly tableName: string;
  readonly tableArn: string;
  readonly streamArn: string;
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly pipelineArn: string;
  /** Of all executions of the pipeline. */
  readonly executionsArn: string;
  readonly jobQueueNames: readonly string[];
  readonly jobLogGroupName: string;
  readonly jobLogGroupArn: string;
  readonly eventBusName: string;
  readonly eventBusArn: string;
  readonly topicArn: string;
  /** Absent where no function answers a socket. */
  readonly sockets?: { readonly endpoint: string; readonly connectionsArn: string } | undefined;
  readonly secretPrefix: string;
  readonly secretsArn: string;
}

interface Allowance {
  readonly actions: readonly string[];
  /** `*` where IAM has no resource level for these actions. */
  readonly on: (resources: GrantedResources) => readonly string[];
}

const EVERYTHING = () => ['*'];
const table = ({ tableArn }: GrantedResources) => [tableArn];
const bucket = ({ bucketArn }: GrantedResources) => [bucketArn];
const objects = ({ bucketArn }: GrantedResources) => [`${bucketArn}/*`];
const connections = ({ sockets }: GrantedResources) => [demanded(sockets).connectionsArn];

/** Each word of a grant in statements of a policy. Nothing else gives a function a right on a resource. */
export const ALLOWED: Readonly<Record<Grant, readonly Allowance[]>> = {
  'table:read': [
    {
      actions: ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query'].map((name) => `dynamodb:${name}`),
      on: table,
    },
  ],
  'table:write': [
    {
      // TransactWriteItems needs the actions of its parts and none of its own.
      actions: ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`),
      on: table,
    },
  ],
  'table:stream': [
    {
      actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
        (name) => `dynamodb:${name}`,
      ),
      on: ({ streamArn }) => [streamArn],
    },
  ],
  'blobs:read': [
    { actions: ['s3:ListBucket'], on: bucket },
    { actions: ['s3:GetObject', 's3:GetObjectTagging'], on: objects },
  ],
  'blobs:write': [
    { actions: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectTagging'], on: objects },
  ],
  'blobs:delete': [{ actions: ['s3:DeleteObject'], on: objects }],
  'workflow:start': [{ actions: ['states:StartExecution'], on: ({ pipelineArn }) => [pipelineArn] }],
  'workflow:stop': [{ actions: ['states:StopExecution'], on: ({ executionsArn }) => [executionsArn] }],
  'workflow:describe': [
    { actions: ['states:DescribeExecution'], on: ({ executionsArn }) => [executionsArn] },
  ],
  'jobs:read': [{ actions: ['batch:DescribeJobs', 'batch:ListJobs'], on: EVERYTHING }],
  'jobs:terminate': [{ actions: ['batch:TerminateJob'], on: EVERYTHING }],
  'logs:read': [
    { actions: ['logs:GetLogEvents'], on: ({ jobLogGroupArn }) => [`${jobLogGroupArn}:log-stream:*`] },
  ],
  'events:put': [{ actions: ['events:PutEvents'], on: ({ eventBusArn }) => [eventBusArn] }],
  'topic:publish': [{ actions: ['sns:Publish'], on: ({ topicArn }) => [topicArn] }],
  'sockets:post': [{ actions: ['execute-api:ManageConnections'], on: connections }],
  'secrets:read': [{ actions: ['ssm:GetParameter'], on: ({ secretsArn }) => [secretsArn] }],
  'secrets:make': [{ actions: ['ssm:PutParameter'], on: ({ secretsArn }) => [secretsArn] }],
};

/** What each variable of a function is set to. */
export const VALUES: Readonly<Record<ResourceVariable, (resources: GrantedResources) => string>> = {
  FORGE_TABLE: ({ tableName }) => tableName,
  FORGE_BUCKET: ({ bucketName }) => bucketName,
  FORGE_PIPELINE_ARN: ({ pipelineArn }) => pipelineArn,
  FORGE_JOB_QUEUE: ({ jobQueueNames }) => jobQueueNames.join(','),
  FORGE_JOB_LOG_GROUP: ({ jobLogGroupName }) => jobLogGroupName,
  FORGE_EVENT_BUS: ({ eventBusName }) => eventBusName,
  FORGE_TOPIC_ARN: ({ topicArn }) => topicArn,
  FORGE_SOCKET_ENDPOINT: ({ sockets }) => demanded(sockets).endpoint,
  FORGE_SECRET_PREFIX: ({ secretPrefix }) => secretPrefix,
};

function demanded<Sockets>(sockets: Sockets | undefined): Sockets {
  if (!sockets)
    throw new Error(
      'A function of contracts/functions.json is granted sockets:post, but none has the trigger socket. Add one, or take the grant away.',
    );
  return sockets;
}
