/**
 * An account for the bundles of the functions: table, bucket, bus, topic and secrets on a moto server, state machines and
 * the job queue on a small server of ours, because moto cannot run the two.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { type DynamoPorts, dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { s3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { snsClient } from '#adapters/aws/sns-notifier.ts';
import manifest from '#contracts/functions.json' with { type: 'json' };
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import { PROJECT } from '../fixture-tree.ts';
import { makeBucket, motoClient, REGION } from '../moto-bucket.ts';
import { MOTO_CREDENTIALS, startMotoServer } from '../moto-server.ts';
import { motoTable } from '../moto-table.ts';
import { answerExecutions, type Execution } from './state-machine-service.ts';
import type { SentRequest, StubAnswer } from './stub-service.ts';

export type FunctionName = keyof (typeof manifest)['functions'];
export type Said = {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
};

export const PIPELINE = `arn:aws:states:${REGION}:111122223333:stateMachine:forge-pipeline`;

export interface BundleWorld {
  readonly table: DynamoPorts;
  readonly blobs: BlobReader & BlobWriter;
  readonly executions: ReadonlyMap<string, Execution>;
  /** Jobs as DescribeJobs describes them, by id: what the queue knows. */
  readonly jobs: Map<string, unknown>;
  /** What was posted to connections of the WebSocket API. */
  readonly posts: readonly { readonly connection: string; readonly text: string }[];
  /** Calls a function's handler with events, one after the other, in a process of its own. */
  invoke(name: FunctionName, ...events: readonly unknown[]): Promise<readonly Said[]>;
  close(): Promise<void>;
}

/** Step Functions, Batch and the connections of a WebSocket API over HTTP. */
async function controlServer(jobs: ReadonlyMap<string, unknown>) {
  const executions = new Map<string, Execution>();
  const posts: { connection: string; text: string }[] = [];
  const answer = (request: SentRequest): StubAnswer => {
    const [, connection] = /^\/live\/@connections\/(.+)$/.exec(decodeURIComponent(request.url)) ?? [];
    if (connection !== undefined) {
      posts.push({ connection, text: request.body });
      return {};
    }
    if (!request.url.startsWith('/v1/')) return answerExecutions(executions, request);
    const { jobs: ids = [] } = JSON.parse(request.body) as { jobs?: string[] };
    if (request.url === '/v1/describejobs')
      return { body: { jobs: ids.flatMap((id) => jobs.get(id) ?? []) } };
    return { body: { jobSummaryList: [] } };
  };
  const server = createServer(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const { method = '', url = '' } = request;
    const {
      status = 200,
      headers: more = {},
      body = {},
    } = answer({ method, url, headers, body: await text(request) });
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...more })
      .end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, executions, posts, close: () => new Promise((done) => server.close(done)) };
}

export async function bundleWorld(): Promise<BundleWorld> {
  const moto = await startMotoServer();
  const table = await motoTable(moto);
  const s3 = motoClient(moto.url);
  const bucket = await makeBucket(s3);
  const jobs = new Map<string, unknown>();
  const control = await controlServer(jobs);
  const sns = snsClient({ endpoint: moto.url, region: REGION, credentials: MOTO_CREDENTIALS });
  const topic = await sns.send(new CreateTopicCommand({ Name: 'forge' }));
  const environment = {
    PATH: process.env.PATH,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: MOTO_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: MOTO_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL: moto.url,
    AWS_ENDPOINT_URL_SFN: control.url,
    AWS_ENDPOINT_URL_BATCH: control.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    FORGE_TABLE: table.name,
    FORGE_BUCKET: bucket,
    FORGE_PIPELINE_ARN: PIPELINE,
    FORGE_JOB_QUEUE: 'gpu-jobs,cpu-jobs',
    FORGE_JOB_LOG_GROUP: '/forge/jobs',
    FORGE_EVENT_BUS: 'default',
    FORGE_TOPIC_ARN: topic.TopicArn,
    FORGE_SOCKET_ENDPOINT: `${control.url}/live`,
    FORGE_SECRET_PREFIX: '/forge/test',
    FORGE_IDENTITY: JSON.stringify({
      callers: [{ arn: 'arn:aws:iam::111122223333:role/runner', tenant: 'default', role: 'admin' }],
    }),
  };
  return {
    table: dynamoPorts(table.client, table.name),
    blobs: s3BlobStore(s3, bucket),
    executions: control.executions,
    posts: control.posts,
    jobs,
    invoke: (name, ...events) => invoke(name, events, environment),
    async close() {
      sns.destroy();
      s3.destroy();
      await table.close();
      await control.close();
      await moto.close();
    },
  };
}

async function invoke(
  name: FunctionName,
  events: readonly unknown[],
  env: NodeJS.ProcessEnv,
): Promise<readonly Said[]> {
  const bundle = join(PROJECT, 'dist', 'fn', name, 'index.mjs');
  const child = spawn(process.execPath, [join(PROJECT, 'test/support/aws/invoke-bundle.mjs'), bundle], {
    env,
  });
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(events));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors}`);
  return out
    .split('\n')
    .flatMap((line) => (line.startsWith('@ ') ? [JSON.parse(line.slice(2)) as Said] : []));
}
