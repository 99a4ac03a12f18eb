/**
 * An AWS service behind the SDK's request handler: the SDK serialises, signs, retries and reads the answer as it does on
 * the wire, and the test sees the request that would have gone out.
 */
import { Readable } from 'node:stream';
import type { ClientConfig } from '#adapters/aws/client-config.ts';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text of the body. */
  readonly body: string;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else is written as JSON. */
  readonly body?: unknown;
}

export interface StubService {
  /** For the client that is to be built. */
  readonly config: ClientConfig;
  readonly sent: SentRequest[];
}

interface WireRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | null | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const textOf = (body: WireRequest['body']): string =>
  body === undefined ? '' : typeof body === 'string' ? body : new TextDecoder().decode(body);

function sentOf(request: WireRequest): SentRequest {
  const { method, protocol, hostname, path, query = {}, headers, body } = request;
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value ?? '')]),
  );
  const url = `${protocol}//${hostname}${path}${search.size > 0 ? `?${search}` : ''}`;
  return { method, url, headers, body: textOf(body) };
}

/** @param answer to the request and to how many came before it; a thrown error is a failed connection */
export function stubService(answer: (request: SentRequest, before: number) => StubAnswer): StubService {
  const sent: SentRequest[] = [];
  const handle = async (request: WireRequest) => {
    const seen = sentOf(request);
    sent.push(seen);
    const { status = 200, headers = {}, body = {} } = answer(seen, sent.length - 1);
    const bytes = Readable.from([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]);
    const type = { 'content-type': 'application/x-amz-json-1.0', ...headers };
    return { response: { statusCode: status, headers: type, body: bytes } };
  };
  const requestHandler = { handle, updateHttpClientConfig: () => undefined, httpHandlerConfigs: () => ({}) };
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const config = { region: 'eu-west-1', credentials, requestHandler: requestHandler as never };
  return { config, sent };
}

/** An error as the JSON protocols carry it. */
export function serviceError(name: string, message = 'no', status = 400): StubAnswer {
  return { status, headers: { 'x-amzn-errortype': name }, body: { __type: name, message } };
}
