/** The inference endpoint of one model: `/v1/completions` as OpenAI's clients call it, health, latency. */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Answer, Question, ServedModel } from '#core/application/serving/served-model.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Agreement } from '#core/domain/inference/agreement.ts';
import { hostGuard } from '../host-guard.ts';
import { type LatencyLog, latencyLog } from './latency-log.ts';
import { type QuestionBody, readQuestion } from './question-body.ts';

const MOST_BODY_BYTES = 2 ** 20;

export interface Facts {
  /** Such as `toy@3`. */
  readonly model: string;
  readonly weightsHash: string;
  /** With the container's runtime; null where the graph came without a probe. */
  readonly agreement: Agreement | null;
}

function problem(context: Context, error: unknown): Response {
  const failure =
    error instanceof ForgeError
      ? error
      : new ForgeError('bug', 'The server failed; its log says why.', { cause: error });
  const { kind, code, message, hint, problems, retryAfterSeconds } = failure;
  if (retryAfterSeconds !== undefined) context.header('retry-after', String(retryAfterSeconds));
  const document = { kind, code, title: message, detail: message, hint, errors: problems };
  return context.json(document, failure.facts.http as 400, { 'content-type': 'application/problem+json' });
}

async function bodyOf(context: Context): Promise<QuestionBody> {
  if (!/^application\/json\b/.test(context.req.header('content-type') ?? ''))
    throw new ForgeError('malformed', 'The body has to be application/json.', {
      code: 'unsupported_media_type',
    });
  if (Number(context.req.header('content-length') ?? 0) > MOST_BODY_BYTES)
    throw new ForgeError('too_large', `The body has more than ${MOST_BODY_BYTES} bytes.`, {
      code: 'body_too_large',
    });
  return readQuestion(await context.req.text());
}

const questionOf = (body: QuestionBody, signal: AbortSignal): Question => ({
  prompt: body.prompt,
  most: body.max_tokens,
  temperature: body.temperature,
  topP: body.top_p,
  seed: body.seed,
  signal,
});

const choice = (text: string, reason: string | null) => [{ index: 0, text, finish_reason: reason }];
type Told = ReturnType<typeof tellerOf>;

/** Answers in OpenAI's words; each whole one is noted in the log. */
function tellerOf(model: string, log: LatencyLog) {
  const head = (id: string) => ({ id, object: 'text_completion', model });
  return {
    piece: (id: string, text: string) => ({ ...head(id), choices: choice(text, null) }),
    whole: (id: string, answer: Answer) => ({
      ...head(id),
      choices: choice(answer.text, answer.generated.reason),
      usage: {
        prompt_tokens: answer.promptTokens,
        completion_tokens: answer.generated.tokens.length,
        total_tokens: answer.promptTokens + answer.generated.tokens.length,
      },
      timings: log.add(id, answer),
    }),
  };
}

export function completionsApp(
  served: ServedModel,
  facts: Facts,
  options: { readonly now: () => Date; readonly onFault: (error: unknown) => void },
): Hono {
  const app = new Hono();
  const log = latencyLog(options.now);
  const started = options.now().getTime();
  const told = tellerOf(facts.model, log);
  app.use(hostGuard);
  app.onError((error, context) => {
    if (!(error instanceof ForgeError)) options.onFault(error);
    return problem(context, error);
  });
  app.notFound((context) =>
    problem(context, new ForgeError('not_found', `There is no ${context.req.method} ${context.req.path}.`)),
  );
  app.get('/health', (context) => {
    const uptimeSeconds = (options.now().getTime() - started) / 1000;
    return context.json({
      status: 'ok',
      ...facts,
      runtime: served.session.runtime,
      uptimeSeconds,
      ...served.scheduler.load,
    });
  });
  app.get('/v1/models', (context) =>
    context.json({ object: 'list', data: [{ id: facts.model, object: 'model' }] }),
  );
  app.get('/v1/latency', (context) => context.json(log.summary()));
  app.post('/v1/completions', async (context) => {
    const body = await bodyOf(context);
    const id = `cmpl-${randomUUID()}`;
    const { signal } = context.req.raw;
    if (body.stream) return streamed(context, served, { id, body, told });
    return context.json(told.whole(id, await served.answer(questionOf(body, signal))));
  });
  return app;
}

/** The pieces as they are said; what comes last has the reason and the times. */
async function streamed(
  context: Context,
  served: ServedModel,
  { id, body, told }: { readonly id: string; readonly body: QuestionBody; readonly told: Told },
): Promise<Response> {
  const gone = new AbortController();
  context.req.raw.signal.addEventListener('abort', () => gone.abort(), { once: true });
  const pieces: string[] = [];
  let wake = () => {};
  let done = false;
  const onText = (text: string) => {
    pieces.push(text);
    wake();
  };
  // Asked before the stream is opened: a refusal has a status of its own.
  const ended = served.answer({ ...questionOf(body, gone.signal), onText }).finally(() => {
    done = true;
    wake();
  });
  await Promise.race([ended, new Promise((next) => setImmediate(next))]);
  return streamSSE(context, async (stream) => {
    stream.onAbort(() => gone.abort());
    while (!done || pieces.length > 0) {
      const piece = pieces.shift();
      if (piece !== undefined) await stream.writeSSE({ data: JSON.stringify(told.piece(id, piece)) });
      else
        await new Promise<void>((next) => {
          wake = next;
        });
    }
    const { choices, ...rest } = told.whole(id, await ended);
    const last = { ...rest, choices: choice('', choices[0]?.finish_reason ?? null) };
    await stream.writeSSE({ data: JSON.stringify(last) });
    await stream.writeSSE({ data: '[DONE]' });
  });
}
