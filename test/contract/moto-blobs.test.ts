/** The S3 adapter on a moto server, held to the same promises as the embedded directory. */

import { createHash } from 'node:crypto';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { s3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { motoBlobWorld, motoClient, motoSdkClient } from '#test/support/moto-bucket.ts';
import { type MotoServer, startMotoServer } from '#test/support/moto-server.ts';
import { blobStoreSuite, pathKeySuite, presignedSuite } from './blob-store-suite.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMotoServer();
}, 120_000);
afterAll(() => moto.close());

const world = () => motoBlobWorld(moto.url);

blobStoreSuite('S3', world);
pathKeySuite('S3', world);
presignedSuite('S3', world, ['X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature']);

describe('an address to upload a blob to', () => {
  const bytes = new TextEncoder().encode('weights');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = `blobs/sha256/${sha256.slice(0, 2)}/${sha256}`;

  it('lives 15 minutes, names one key and signs length, type, hash and that there is none yet', async () => {
    const { blobWriter, bucket, close } = await world();
    const offer = await blobWriter.presignPut(key, { bytes: 7, sha256, mediaType: 'a/b' }, 900);
    const url = new URL(offer.url);
    expect(url.pathname).toBe(`/${bucket}/${key}`);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
    );
    expect(Math.abs(Date.parse(offer.expiresAt) - Date.now() - 900_000)).toBeLessThan(60_000);
    await close();
  });

  it.each(['content-type', 'x-amz-checksum-sha256', 'if-none-match'])(
    'is void when the header %s is another one or left out',
    async (name) => {
      const made = await world();
      const offer = await made.blobWriter.presignPut(key, { bytes: 7, sha256, mediaType: 'a/b' }, 900);
      const { [name]: _left, ...others } = offer.headers;
      for (const headers of [others, { ...others, [name]: 'x/y' }]) {
        const answer = await made.fetch(offer.url, { method: 'PUT', headers, body: Buffer.from(bytes) });
        expect(answer.status).toBe(403);
      }
      expect(await made.blobs.list('')).toEqual([]);
      await made.close();
    },
  );

  it('does not touch a blob that is there', async () => {
    const made = await world();
    await made.blobWriter.write(key, bytes, 'a/b');
    const offer = await made.blobWriter.presignPut(key, { bytes: 7, sha256, mediaType: 'a/b' }, 900);
    const { url, ...init } = offer;
    expect((await made.fetch(url, { ...init, body: Buffer.from(bytes) })).status).toBe(412);
    await made.close();
  });

  it('is refused for more than S3 takes at once', async () => {
    const { blobWriter, close } = await world();
    const facts = { bytes: 5 * 1024 ** 3 + 1, sha256, mediaType: 'a/b' };
    await expect(blobWriter.presignPut(key, facts, 900)).rejects.toMatchObject({ code: 'upload_too_large' });
    await close();
  });
});

describe('the S3 blob store', () => {
  it('lists more keys than one page holds', async () => {
    const { blobs, blobWriter, client, bucket, close } = await world();
    const paged = s3BlobStore(client, bucket, { pageKeys: 3 });
    const keys = Array.from({ length: 8 }, (_, index) => `many/${index}`);
    for (const each of keys) await blobWriter.write(each, new Uint8Array(1), 'a/b');
    expect(await paged.list('many/')).toEqual(keys);
    expect(await blobs.list('many/')).toEqual(keys);
    await close();
  });

  it('writes in parts what is large, leaves alone what is there, and keeps no parts', async () => {
    const { client, bucket, close } = await world();
    const store = s3BlobStore(client, bucket, { partBytes: 5 * 1024 * 1024 });
    const large = [1, 2, 3].map((fill) => new Uint8Array(5 * 1024 * 1024 + 1).fill(fill));
    const won: boolean[] = [];
    for (const each of large) won.push(await store.writeIfAbsent('large', each, 'a/b'));
    expect(won).toEqual([true, false, false]);
    expect(await store.hash('large')).toBe(
      createHash('sha256')
        .update(large[0] ?? '')
        .digest('hex'),
    );
    const sdk = motoSdkClient(moto.url);
    const left = await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(left.Uploads ?? []).toEqual([]);
    sdk.destroy();
    await close();
  }, 120_000);

  it('says that a bucket is missing instead of finding nothing in it', async () => {
    const client = motoClient(moto.url);
    const store = s3BlobStore(client, 'forge-not-there');
    for (const ask of [() => store.head('a'), () => store.read('a'), () => store.list('')])
      await expect(ask()).rejects.toMatchObject({ kind: 'dependency', code: 'bucket_missing' });
    client.destroy();
  });
});
