/** forge models serve */
import type { Context } from '../context.ts';
import { type EndpointOptions, withEndpoint } from '../serving/endpoint.ts';

/** Answers on loopback until it is stopped. */
export function serveModel(context: Context, reference: string, options: EndpointOptions): Promise<number> {
  const { console } = context;
  return withEndpoint(context, reference, options, (line) => {
    console.data(line, () => `${line.url}/v1/completions`);
    console.note('Stop it with Ctrl-C.');
  });
}
