/** A request handler of the AWS SDK that answers from a script and keeps what was sent; nothing goes over a network. */
import { Readable } from 'node:stream';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Scripted {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function scriptedHandler(answer: (sent: Sent, nth: number) => Scripted | Error) {
  const sent: Sent[] = [];
  const handle = async (request: Sent) => {
    sent.push(request);
    const given = answer(request, sent.length);
    if (given instanceof Error) throw given;
    const { status, headers = {}, body = '' } = given;
    return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } };
  };
  return { sent, handler: { handle, destroy: () => undefined } };
}
