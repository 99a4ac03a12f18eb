/** The publisher of the site against a real S3 API, and a CloudFormation that waits for its answer. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { makeBucket, motoClient, motoSdkClient } from '#test/support/moto-bucket.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';

type Handler = (event: object) => Promise<void>;
type Answer = Readonly<Record<string, string>>;

let moto: MotoServer;
let client: S3Client;
let bucket: string;
let waiting: Server;
const answers: Answer[] = [];

beforeAll(async () => {
  moto = await startMotoServer();
  client = motoSdkClient(moto.url);
  bucket = await makeBucket(motoClient(moto.url));
  waiting = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      answers.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => waiting.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  waiting.close();
  client.destroy();
  await moto.close();
  removeFixtures();
});

async function call(
  files: Readonly<Record<string, string>>,
  change: object = {},
  into = bucket,
): Promise<Answer> {
  const path = join(PROJECT, 'infra/site-publisher/publish-site.cjs');
  const { createHandler } = (await import(path)) as {
    createHandler(client: S3Client, folder: string): Handler;
  };
  const { port } = waiting.address() as AddressInfo;
  await createHandler(
    client,
    fixtureTree(files),
  )({
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${port}/`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Published',
    ResourceProperties: { Bucket: into, Settings: '{"issuer":"https://id"}', Keep: 'false' },
    ...change,
  });
  return answers.at(-1) ?? {};
}

async function keys(): Promise<readonly (string | undefined)[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key }) => Key);
}
const headOf = (Key: string) => client.send(new HeadObjectCommand({ Bucket: bucket, Key }));

const FIRST = { 'index.html': '<p>1', 'assets/app-1.js': 'one', 'assets/deep/a.css': 'p{}' };

describe('the publisher', () => {
  it('puts the pages and the settings there, each with its type and how long it may be kept', async () => {
    expect(await call(FIRST)).toMatchObject({ Status: 'SUCCESS', RequestId: 'request', StackId: 'stack' });
    expect(await keys()).toEqual(['assets/app-1.js', 'assets/deep/a.css', 'index.html', 'settings.json']);
    expect(await headOf('index.html')).toMatchObject({
      ContentType: 'text/html; charset=utf-8',
      CacheControl: 'no-cache',
    });
    expect((await headOf('assets/app-1.js')).CacheControl).toContain('immutable');
  });

  it('takes away what a later release no longer has', async () => {
    await call({ 'index.html': '<p>2', 'assets/app-2.js': 'two' }, { RequestType: 'Update' });
    expect(await keys()).toEqual(['assets/app-2.js', 'index.html', 'settings.json']);
  });

  it('says why it failed, so that CloudFormation does not wait for an hour', async () => {
    const logged = jest.spyOn(console, 'error').mockReturnValue(undefined);
    const answer = await call(FIRST, {}, 'no-such-bucket-anywhere');
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/could not be published: .*bucket/i);
  });

  it('leaves the bucket empty when the stack goes, unless the stage keeps its data', async () => {
    const ResourceProperties = { Bucket: bucket, Settings: '{}', Keep: 'true' };
    await call({}, { RequestType: 'Delete', ResourceProperties });
    expect(await keys()).toHaveLength(3);
    await call({}, { RequestType: 'Delete' });
    expect(await keys()).toEqual([]);
  });
});
