/** The body of a question, in the words of OpenAI's completions. */
import * as z from 'zod';
import { MOST_SAID } from '#core/application/serving/served-model.ts';
import { ForgeError } from '#core/domain/errors.ts';

const body = z.strictObject({
  model: z.string().max(200).optional(),
  prompt: z.string(),
  max_tokens: z.int().min(1).max(MOST_SAID).default(64),
  temperature: z.number().min(0).max(10).default(0.8),
  top_p: z.number().gt(0).max(1).default(0.95),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  stream: z.boolean().default(false),
});

export type QuestionBody = z.output<typeof body>;

/** @throws ForgeError `malformed` where the text is no JSON, `validation` with every problem */
export function readQuestion(text: string): QuestionBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ForgeError('malformed', `The body is no JSON: ${(error as Error).message}.`, {
      code: 'malformed_json',
    });
  }
  const read = body.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message, code }) => ({
    pointer: `/${path.join('/')}`,
    code: code === 'unrecognized_keys' ? 'unknown_field' : 'out_of_range',
    message,
  }));
  throw new ForgeError('validation', 'The question is not as expected.', {
    code: problems[0]?.code ?? 'validation',
    problems,
  });
}
