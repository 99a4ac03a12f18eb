/**
 * Speaks S3's REST protocol: signs, sends, tries again. The SDK's own client is a third of a function's bundle, for a
 * dozen requests; the signature, the connections and the waiting between tries are the SDK's.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4, UNSIGNED_PAYLOAD } from '@smithy/signature-v4';
import { ForgeError } from '#core/domain/errors.ts';
import { hostOf, s3Address, urlOf } from './s3-address.ts';
import { refusedBy } from './s3-refusal.ts';
import { retrying } from './s3-retry.ts';

type Words = Readonly<Record<string, string>>;

export interface S3Request {
  readonly method: 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Of an object; without one the request is about the bucket. */
  readonly key?: string;
  readonly query?: Words;
  readonly headers?: Words;
  readonly body?: Uint8Array;
  /** The answer is words even when all is well: without any, or with those of an error, the work was not done. */
  readonly saysSo?: true;
}

export interface S3Answer<Body> {
  readonly headers: Words;
  readonly body: Body;
}

export interface S3Client {
  /** With the whole answer as text. */
  send(bucket: string, request: S3Request): Promise<S3Answer<string>>;
  /** With the answer as it comes. */
  open(bucket: string, request: S3Request): Promise<S3Answer<AsyncIterable<Uint8Array>>>;
  /** An address that lets its holder make this very request, with these headers, for so many seconds. */
  presign(bucket: string, request: S3Request, seconds: number): Promise<string>;
  destroy(): void;
}

export interface S3ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly requestHandler?: Pick<NodeHttpHandler, 'destroy' | 'handle'>;
  readonly maxAttempts?: number;
}

/** Tries of one request. Between them the wait is longer each time, at random, within a budget of the client. */
const MAX_ATTEMPTS = 6;

/** From here on S3 is asked before the body is sent, because it may refuse by the headers alone. */
const ASKED_FIRST_BYTES = 2 * 1024 * 1024;

const readStream = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};

const regionMissing = () =>
  new ForgeError('bug', 'No region is set in which S3 could be asked.', {
    code: 'environment_incomplete',
    hint: 'Lambda sets AWS_REGION; elsewhere set it yourself.',
  });

/** Where the bucket lies, and the headers that are signed with every request. */
function requestTo(
  bucket: string,
  { method, key = '', query = {}, headers = {}, body }: S3Request,
  { region, endpoint }: { readonly region: string; readonly endpoint: string | undefined },
) {
  const address = s3Address(bucket, key, region, endpoint);
  const length = body || method === 'PUT' ? { 'content-length': String(body?.length ?? 0) } : {};
  return {
    ...address,
    method,
    query: { ...query },
    headers: { host: hostOf(address), ...length, ...headers },
    body,
  };
}

export function s3Client(config: S3ClientConfig = {}): S3Client {
  const { AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const region = config.region ?? AWS_REGION;
  if (!region) throw regionMissing();
  const endpoint = config.endpoint ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined);
  const place = { region, endpoint };
  const handler = config.requestHandler ?? new NodeHttpHandler();
  const retries = new StandardRetryStrategy(config.maxAttempts ?? MAX_ATTEMPTS);
  const credentials = config.credentials ?? defaultProvider();
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: true,
  });

  const attempt = async (
    bucket: string,
    request: S3Request,
  ): Promise<S3Answer<AsyncIterable<Uint8Array>>> => {
    const signed = await signer.sign(requestTo(bucket, request, place));
    if ((request.body?.length ?? 0) >= ASKED_FIRST_BYTES) signed.headers.expect = '100-continue';
    const { response } = await handler.handle(signed as Parameters<typeof handler.handle>[0]);
    const { statusCode: status, headers, body } = response;
    if (status >= 300) throw refusedBy(status, headers, await readStream(body));
    return { headers, body };
  };

  return {
    send: (bucket, request) =>
      retrying(retries, async () => {
        const { headers, body } = await attempt(bucket, request);
        const text = await readStream(body);
        if (request.saysSo && !text.trim()) throw refusedBy(503, headers, '');
        if (request.saysSo && text.trimEnd().endsWith('</Error>')) throw refusedBy(503, headers, text);
        return { headers, body: text };
      }),
    open: (bucket, request) => retrying(retries, () => attempt(bucket, request)),
    async presign(bucket, request, seconds) {
      const made = requestTo(bucket, request, place);
      const names = new Set(Object.keys(made.headers));
      // As headers, which S3 compares with what is sent; moved into the address they would bind nothing.
      const signed = await signer.presign(
        { ...made, headers: { ...made.headers, 'x-amz-content-sha256': UNSIGNED_PAYLOAD } },
        { expiresIn: seconds, signableHeaders: names, unhoistableHeaders: names },
      );
      return urlOf(made, signed.query as Words);
    },
    destroy: () => handler.destroy(),
  };
}
