/**
 * What S3 checks of a presigned request and moto does not: the signature over what is really sent, the lifetime, and the
 * announced SHA-256 of the body. Written from AWS's description of Signature Version 4, without the SDK.
 */
import { createHash, createHmac } from 'node:crypto';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hex = (text: string) => createHash('sha256').update(text).digest('hex');
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  /** In lower case, as they go over the wire. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

function signatureOf({ method, url, headers }: SentRequest, secret: string): string {
  const query = url.searchParams;
  const [, day = '', region = '', service = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const signed = query.get('X-Amz-SignedHeaders') ?? '';
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = [
    method,
    url.pathname
      .split('/')
      .map((part) => escaped(decodeURIComponent(part)))
      .join('/'),
    pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&'),
    ...signed.split(';').map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    signed,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', query.get('X-Amz-Date'), scope, hex(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, text).toString('hex');
}

function expiryOf(url: URL): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(url.searchParams.get('X-Amz-Date') ?? '') ?? [];
  const begun = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return begun + Number(url.searchParams.get('X-Amz-Expires')) * 1000;
}

/** The status and code with which S3 refuses the request; null where it goes on to the store. */
export function refusal(request: SentRequest, secret: string, now: number): [number, string] | null {
  const { url, headers, body } = request;
  if (url.searchParams.get('X-Amz-Signature') !== signatureOf(request, secret))
    return [403, 'SignatureDoesNotMatch'];
  if (now >= expiryOf(url)) return [403, 'AccessDenied'];
  const announced = headers['x-amz-checksum-sha256'];
  const found = createHash('sha256').update(body).digest('base64');
  return announced !== undefined && announced !== found ? [400, 'BadDigest'] : null;
}
