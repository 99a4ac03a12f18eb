/** What the S3 adapter asks for and makes of the answers, where moto knows neither. */
import { createHash } from 'node:crypto';
import { s3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { type S3ClientConfig, s3Client } from '#adapters/aws/s3-client.ts';
import { type Scripted, type Sent, scriptedHandler } from '#test/support/scripted-handler.ts';

const PART = 5 * 1024 * 1024;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes);
const sum = (bytes: Uint8Array) => digest(bytes).digest('base64');
const failure = (status: number, code: string): Scripted => ({
  status,
  body: `<Error><Code>${code}</Code><Message>no</Message></Error>`,
});
const lost = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });

function world(answer: (sent: Sent, nth: number) => Scripted | Error, config: S3ClientConfig = {}) {
  const { sent, handler } = scriptedHandler(answer);
  const client = s3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    requestHandler: handler as unknown as NonNullable<S3ClientConfig['requestHandler']>,
    ...config,
  });
  return { sent, store: s3BlobStore(client, 'forge', { partBytes: PART }) };
}

describe('the hash of an S3 object', () => {
  it('is the one that S3 keeps of an object that came in one piece', async () => {
    const bytes = bytesOf('weights');
    const { sent, store } = world(() => ({
      status: 200,
      headers: { 'x-amz-checksum-sha256': sum(bytes), 'x-amz-checksum-type': 'FULL_OBJECT' },
    }));
    expect(await store.hash('a/b')).toBe(digest(bytes).digest('hex'));
    expect(sent).toEqual([expect.objectContaining({ method: 'HEAD', path: '/a/b' })]);
    expect(sent[0]?.headers).toMatchObject({ 'x-amz-checksum-mode': 'ENABLED' });
  });

  it('is read from the bytes where S3 keeps only a hash of the parts', async () => {
    const headers = {
      'x-amz-checksum-sha256': `${sum(bytesOf('parts'))}-2`,
      'x-amz-checksum-type': 'COMPOSITE',
    };
    const { sent, store } = world(({ method }) =>
      method === 'HEAD'
        ? { status: 200, headers }
        : { status: 200, headers: { 'content-length': '7' }, body: 'weights' },
    );
    expect(await store.hash('a/b')).toBe(digest(bytesOf('weights')).digest('hex'));
    expect(sent.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });
});

describe('a conditional write to S3', () => {
  it('asks for a free name and sends the checksum of the bytes', async () => {
    const { sent, store } = world(() => ({ status: 200 }));
    expect(await store.writeIfAbsent('a/b', bytesOf('x'), 'text/plain')).toBe(true);
    expect(sent[0]).toMatchObject({ method: 'PUT', path: '/a/b' });
    expect(sent[0]?.headers).toMatchObject({
      host: 'forge.s3.eu-west-1.amazonaws.com',
      'if-none-match': '*',
      'content-type': 'text/plain',
      'content-length': '1',
      'x-amz-checksum-sha256': sum(bytesOf('x')),
    });
    expect(Buffer.from(sent[0]?.body as Uint8Array).toString()).toBe('x');
  });

  it('is made again when two of them meet, and then finds the name taken', async () => {
    const { sent, store } = world((_sent, nth) =>
      nth < 3 ? failure(409, 'ConditionalRequestConflict') : failure(412, 'PreconditionFailed'),
    );
    expect(await store.writeIfAbsent('a', bytesOf('x'), 'text/plain')).toBe(false);
    expect(sent).toHaveLength(3);
  });

  it.each([
    ['its own bytes lie there: the write had happened', 'x', true],
    ['other bytes lie there: somebody else was first', 'y', false],
  ])('whose answer was lost looks again, and %s', async (_what, there, expected) => {
    const { store } = world(({ method }, nth) => {
      if (nth === 1) return lost();
      if (method === 'PUT') return failure(412, 'PreconditionFailed');
      const headers = { 'x-amz-checksum-sha256': sum(bytesOf(there)), 'x-amz-checksum-type': 'FULL_OBJECT' };
      return { status: 200, headers };
    });
    expect(await store.writeIfAbsent('a', bytesOf('x'), 'text/plain')).toBe(expected);
  });
});

/** Answers of an upload in parts. @param complete of the last request, by its number among those of its kind */
function inParts(complete: (nth: number) => Scripted | Error, head: () => Scripted = () => failure(404, '')) {
  let completions = 0;
  return ({ method, query }: Sent): Scripted | Error => {
    if (method === 'HEAD') return head();
    if (method === 'DELETE') return { status: 204 };
    if (method === 'PUT') return { status: 200, headers: { etag: `"${query.partNumber}"` } };
    if (query.uploadId === undefined) {
      const UploadId = `<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>`;
      return { status: 200, body: UploadId };
    }
    completions += 1;
    return complete(completions);
  };
}

const LARGE = new Uint8Array(2 * PART + 3).map((_, index) => index % 251);
const PARTS = [LARGE.subarray(0, PART), LARGE.subarray(PART, 2 * PART), LARGE.subarray(2 * PART)];
const DONE: Scripted = {
  status: 200,
  body: '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>',
};
const kinds = (sent: readonly Sent[]) =>
  sent.map(({ method, query }) => `${method} ${query.partNumber ?? (query.uploadId ? 'upload' : '')}`.trim());

describe('a large write to S3', () => {
  it('goes in parts with their checksums and is completed only where the name is free', async () => {
    const { sent, store } = world(inParts(() => DONE));
    expect(await store.writeIfAbsent('big', LARGE, 'a/b')).toBe(true);
    expect(sent[0]?.headers).toMatchObject({ 'x-amz-checksum-algorithm': 'SHA256', 'content-type': 'a/b' });
    const puts = sent.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ headers }) => headers['x-amz-checksum-sha256']).sort()).toEqual(PARTS.map(sum).sort());
    const last = sent.at(-1);
    expect(last).toMatchObject({
      method: 'POST',
      query: { uploadId: 'up' },
      headers: { 'if-none-match': '*' },
    });
    for (const [index, part] of PARTS.entries())
      expect(String(last?.body)).toContain(
        `<ETag>&quot;${index + 1}&quot;</ETag><ChecksumSHA256>${sum(part)}</ChecksumSHA256><PartNumber>${index + 1}`,
      );
  });

  it('has happened when the answer was lost and its parts lie there', async () => {
    const composite = sum(Buffer.concat(PARTS.map((part) => digest(part).digest())));
    const head = { 'content-length': String(LARGE.length), 'x-amz-checksum-sha256': `${composite}-3` };
    const { sent, store } = world(
      inParts(
        (nth) => (nth === 1 ? lost() : failure(412, 'PreconditionFailed')),
        () => ({ status: 200, headers: head }),
      ),
    );
    expect(await store.writeIfAbsent('big', LARGE, 'a/b')).toBe(true);
    expect(kinds(sent)).not.toContain('DELETE upload');
  });

  it.each([
    ['the name is taken', failure(412, 'PreconditionFailed')],
    ['S3 refuses', failure(403, 'AccessDenied')],
  ])('leaves no parts behind when %s', async (_what, answer) => {
    const { sent, store } = world(inParts(() => answer));
    const outcome = await store.writeIfAbsent('big', LARGE, 'a/b').catch((error: unknown) => error);
    expect(answer.status === 412 ? outcome : (outcome as { kind: string }).kind).toBe(
      answer.status === 412 ? false : 'dependency',
    );
    expect(kinds(sent).at(-1)).toBe('DELETE upload');
  });

  it('begins again from the first part when two completions meet', async () => {
    const { sent, store } = world(
      inParts((nth) => (nth === 1 ? failure(409, 'ConditionalRequestConflict') : DONE)),
    );
    expect(await store.writeIfAbsent('big', LARGE, 'a/b')).toBe(true);
    expect(kinds(sent).filter((kind) => kind === 'POST')).toHaveLength(2);
    expect(kinds(sent).filter((kind) => kind === 'DELETE upload')).toHaveLength(1);
  });
});

describe('a failure of S3', () => {
  it.each([
    [failure(404, 'NoSuchBucket'), 'bucket_missing'],
    [failure(403, 'AccessDenied'), 'storage_access_denied'],
    [failure(403, 'ExpiredToken'), 'credentials'],
    [failure(301, 'PermanentRedirect'), 'wrong_region'],
  ])('names its cause and what to do: %j', async (answer, code) => {
    const { store } = world(() => answer);
    const error = await store.write('a', bytesOf('x'), 'a/b').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'dependency', code, hint: expect.stringMatching(/\w/) });
    expect((error as Error).message).toContain('forge');
  });

  it('of the whole bucket is not taken for a missing object', async () => {
    const { sent, store } = world(() => failure(404, ''));
    await expect(store.head('a')).rejects.toMatchObject({ kind: 'dependency', code: 'bucket_missing' });
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(['HEAD /a', 'HEAD /']);
  });

  it('by throttling is waited out, and said with a time when it goes on', async () => {
    const { sent, store } = world((_sent, nth) => (nth < 3 ? failure(503, 'SlowDown') : { status: 200 }));
    await store.write('a', bytesOf('x'), 'a/b');
    expect(sent).toHaveLength(3);
    const never = world(() => failure(503, 'SlowDown'), { maxAttempts: 2 });
    await expect(never.store.write('a', bytesOf('x'), 'a/b')).rejects.toMatchObject({
      kind: 'dependency',
      code: 'throttled',
      retryAfterSeconds: 5,
    });
    expect(never.sent).toHaveLength(2);
  }, 120_000);
});

describe('a read from S3', () => {
  it('that breaks goes on at the byte where it stopped, in the same version', async () => {
    const { sent, store } = world(({ headers }) =>
      headers.range === undefined
        ? { status: 200, headers: { 'content-length': '7', etag: '"v1"' }, body: 'wei' }
        : { status: 206, headers: { 'content-length': '4', etag: '"v1"' }, body: 'ghts' },
    );
    expect(Buffer.from((await store.read('a')) ?? []).toString()).toBe('weights');
    expect(sent[1]?.headers).toMatchObject({ range: 'bytes=3-', 'if-match': '"v1"' });
  });
});

describe('an answer of S3 that is well by its status', () => {
  it.each([
    ['an error', '<Error><Code>InternalError</Code><Message>no</Message></Error>'],
    ['nothing', ''],
  ])('but holds %s is no success: the work is done again', async (_what, body) => {
    const { sent, store } = world(inParts((nth) => (nth === 1 ? { status: 200, body } : DONE)));
    expect(await store.writeIfAbsent('big', LARGE, 'a/b')).toBe(true);
    expect(kinds(sent).filter((kind) => kind === 'POST upload')).toHaveLength(2);
  });
});

describe('the host that is asked', () => {
  it.each([
    ['eu-west-1', 'forge', 'forge.s3.eu-west-1.amazonaws.com', '/a%3Db/c%40d'],
    ['cn-north-1', 'forge', 'forge.s3.cn-north-1.amazonaws.com.cn', '/a%3Db/c%40d'],
    ['eu-west-1', 'for.ge', 's3.eu-west-1.amazonaws.com', '/for.ge/a%3Db/c%40d'],
  ])('in %s of bucket %s is %s', async (region, bucket, host, path) => {
    const { sent, handler } = scriptedHandler(() => ({ status: 200 }));
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const client = s3Client({ region, credentials, requestHandler: handler as never });
    await s3BlobStore(client, bucket).delete('a=b/c@d');
    expect(sent[0]).toMatchObject({ method: 'DELETE', path, headers: { host } });
  });
});
