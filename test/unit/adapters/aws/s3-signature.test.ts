/** Every request to S3 carries a signature that its receiver can make again, from AWS's description and without the SDK. */
import { createHash, createHmac } from 'node:crypto';
import { s3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { s3Client } from '#adapters/aws/s3-client.ts';
import { type Scripted, type Sent, scriptedHandler } from '#test/support/scripted-handler.ts';

const SECRET = 'secret';
const PART = 5 * 1024 * 1024;
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hex = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** The authorization header that AWS would expect of what was sent. */
function expectedOf({ method, path, query, headers, body }: Sent): string {
  const [, scope = '', names = ''] =
    /Credential=id\/([^,]+), SignedHeaders=([^,]+),/.exec(headers.authorization ?? '') ?? [];
  const pairs = Object.entries(query).map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`);
  const canonical = [
    method,
    path,
    pairs.sort().join('&'),
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    hex((body as Uint8Array | undefined) ?? ''),
  ].join('\n');
  const [day = '', ...rest] = scope.split('/');
  const key = rest.reduce<Buffer>(hmac, hmac(`AWS4${SECRET}`, day));
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hex(canonical)].join('\n');
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=id/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

function answer({ method, query }: Sent, nth: number): Scripted {
  if (query['list-type'] && !query['continuation-token'])
    return {
      status: 200,
      body: '<R><IsTruncated>true</IsTruncated><NextContinuationToken>1/a+b=</NextContinuationToken></R>',
    };
  if (query.uploads === '') return { status: 200, body: '<R><UploadId>a/b+c=</UploadId></R>' };
  const headers = { 'content-length': '0', etag: `"${nth}"`, 'x-amz-tagging-count': '1' };
  return { status: 200, headers, body: method === 'HEAD' ? '' : '<R/>' };
}

it('and hashes what it carries, whatever the request: objects, parts, listings, tags and copies', async () => {
  const { sent, handler } = scriptedHandler(answer);
  const credentials = { accessKeyId: 'id', secretAccessKey: SECRET, sessionToken: 'a/token+1=' };
  const client = s3Client({ region: 'eu-west-1', credentials, requestHandler: handler as never });
  const store = s3BlobStore(client, 'forge', { partBytes: PART });
  const key = 'runs/x=1@2+3-4_5.json';
  await store.write(key, Buffer.from('ü'), 'text/plain; charset=utf-8');
  await store.writeIfAbsent(key, new Uint8Array(PART + 1), 'a/b');
  await store.head(key);
  await store.list("runs/it's (all)*");
  await store.touch(key);
  await store.copyChecked(key, 'to', hex('<R/>'));
  await store.delete(key);
  expect(sent.map(({ method }) => method).join(' ')).toBe(
    'PUT POST PUT PUT POST HEAD GET GET GET PUT HEAD HEAD GET PUT DELETE',
  );
  for (const request of sent) {
    expect(request.headers.authorization).toBe(expectedOf(request));
    expect(request.headers['x-amz-content-sha256']).toBe(hex((request.body as Uint8Array) ?? ''));
    expect(request.headers['x-amz-security-token']).toBe('a/token+1=');
  }
});
