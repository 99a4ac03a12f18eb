/** A bucket of its own on a moto server, behind what S3 checks and moto does not. */
import { randomUUID } from 'node:crypto';
import { S3Client as SdkClient } from '@aws-sdk/client-s3';
import { s3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { type S3Client, s3Client } from '#adapters/aws/s3-client.ts';
import type { SignedWorld } from '../contract/blob-store-suite.ts';
import { MOTO_CREDENTIALS } from './moto-server.ts';
import { refusal } from './s3-gate.ts';

export const REGION = 'us-east-1';

export const motoClient = (url: string): S3Client =>
  s3Client({ endpoint: url, region: REGION, credentials: MOTO_CREDENTIALS });

/** The SDK's own client of the same server, as a second opinion. */
export const motoSdkClient = (url: string): SdkClient =>
  new SdkClient({ endpoint: url, region: REGION, credentials: MOTO_CREDENTIALS, forcePathStyle: true });

export async function makeBucket(client: S3Client): Promise<string> {
  const bucket = `forge-${randomUUID()}`;
  await client.send(bucket, { method: 'PUT' });
  return bucket;
}

export async function motoBlobWorld(
  url: string,
): Promise<SignedWorld & { readonly client: S3Client; readonly bucket: string }> {
  const client = motoClient(url);
  const bucket = await makeBucket(client);
  const store = s3BlobStore(client, bucket);
  let ahead = 0;
  return {
    client,
    bucket,
    blobs: store,
    blobWriter: store,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    async fetch(address, { method = 'GET', headers = {}, body } = {}) {
      const target = new URL(address);
      const bytes = new Uint8Array((body as Uint8Array | undefined) ?? []);
      const length = method === 'PUT' ? { 'content-length': String(bytes.length) } : {};
      const sent = { ...(headers as Record<string, string>), host: target.host, ...length };
      const request = { method, url: target, headers: sent, body: bytes };
      const refused = refusal(request, MOTO_CREDENTIALS.secretAccessKey, Date.now() + ahead);
      if (refused) return new Response(refused[1], { status: refused[0] });
      if (method === 'PUT') return fetch(target, { method, headers, body: Buffer.from(bytes) });
      // Where there is no object, moto wants what `response-content-disposition` says as a header of the request.
      return fetch(target, { method, headers: { ...headers, 'content-disposition': 'attachment' } });
    },
    close: async () => client.destroy(),
  };
}
