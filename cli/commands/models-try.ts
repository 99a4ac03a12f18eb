/** forge models try */
import type { DocumentProblem } from '#contracts/source/problems.ts';
import type { Context } from '../context.ts';
import { CliError, isErrorKind } from '../errors.ts';
import { type EndpointOptions, withEndpoint } from '../serving/endpoint.ts';

interface TryOptions extends EndpointOptions {
  readonly prompt: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
}

interface Completion {
  readonly choices: readonly [{ readonly text: string; readonly finish_reason: string }];
  readonly usage: { readonly completion_tokens: number };
  readonly timings: { readonly totalMs: number };
}

interface Problem {
  readonly kind?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: readonly DocumentProblem[];
}

async function ask({ signal, aborted }: Context, url: string, question: object): Promise<Completion> {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? aborted() : error;
  });
  if (response.ok) return (await response.json()) as Completion;
  const {
    kind,
    code,
    detail = `The endpoint answered ${response.status}.`,
    hint,
    errors,
  } = (await response.json()) as Problem;
  throw new CliError(isErrorKind(kind) ? kind : 'bug', detail, { code, hint, problems: errors ?? [] });
}

/** One question to a model on this machine; prints what it goes on with. */
export async function tryModel(context: Context, reference: string, options: TryOptions): Promise<number> {
  const { prompt, maxTokens, temperature, seed } = options;
  if (prompt === '')
    throw new CliError('validation', 'The prompt is empty.', {
      code: 'prompt_empty',
      hint: 'Give at least one character to go on from.',
    });
  const { console } = context;
  let answered = false;
  const exit = await withEndpoint(context, reference, options, async ({ url }, stop) => {
    const question = { prompt, max_tokens: maxTokens, temperature, seed };
    const completion = await ask(context, url, question);
    const { choices, usage, timings } = completion;
    console.data(completion, () => choices[0].text);
    console.note(`${usage.completion_tokens} tokens in ${Math.round(timings.totalMs)} ms.`);
    answered = true;
    stop();
  });
  if (context.signal.aborted && !answered) throw context.aborted();
  return exit;
}
