/** Sends a file's bytes to an upload address. */
import { createReadStream } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors.ts';

export interface FileToPut {
  readonly path: string;
  readonly bytes: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Streams the file with its length in the header: presigned addresses take no chunked bodies, and fetch cannot
 * stream with a length.
 */
export async function putFile(url: URL, file: FileToPut): Promise<void> {
  const { path, bytes, method, headers, signal } = file;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, { method, headers: { ...headers, 'content-length': String(bytes) }, signal });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
    });
  });
  // A server that refuses answers before it has read everything: its answer says more than the broken pipe.
  const sent = pipeline(createReadStream(path), request).catch(() => undefined);
  const { status, text: body } = await answer.finally(() => sent);
  // 412: these very bytes are there already, by an earlier try or by somebody else; registering hashes them.
  if ((status >= 200 && status < 300) || status === 412) return;
  throw new CliError(
    'dependency',
    `The upload to ${url.origin} was answered with ${status}: ${body.slice(0, 300)}`,
    {
      hint: 'Try again; nothing was registered.',
    },
  );
}
