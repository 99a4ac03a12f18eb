/** tokenizer.json as far as byte-level BPE needs it; anything that would encode otherwise is refused by name. */
import * as z from 'zod';
import { ForgeError } from '../errors.ts';

const id = z.int().min(0);
const byteLevel = z.looseObject({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.literal(false),
  use_regex: z.literal(true).optional(),
});
const merge = z.union([
  z.tuple([z.string(), z.string()]),
  z
    .string()
    .regex(/^\S+ \S+$/)
    .transform((text) => text.split(' ') as [string, string]),
]);

const document = z.looseObject({
  added_tokens: z.array(z.looseObject({ id, content: z.string(), special: z.literal(true) })),
  normalizer: z.null().optional(),
  pre_tokenizer: byteLevel,
  decoder: z.looseObject({ type: z.literal('ByteLevel') }),
  model: z.looseObject({
    type: z.literal('BPE'),
    dropout: z.null().optional(),
    unk_token: z.null().optional(),
    continuing_subword_prefix: z.union([z.null(), z.literal('')]).optional(),
    end_of_word_suffix: z.union([z.null(), z.literal('')]).optional(),
    byte_fallback: z.literal(false).optional(),
    ignore_merges: z.literal(false).optional(),
    vocab: z.record(z.string(), id),
    merges: z.array(merge),
  }),
});

export type TokenizerDocument = z.output<typeof document>;

/** @throws ForgeError `validation`, code `tokenizer_not_supported`, with the first member that is not as expected */
export function readTokenizer(text: string): TokenizerDocument {
  const refuse = (what: string) =>
    new ForgeError('validation', `tokenizer.json is no byte-level BPE as this project trains: ${what}.`, {
      code: 'tokenizer_not_supported',
      hint: 'Serve a model that a run of this project made.',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse('it is no JSON');
  }
  const read = document.safeParse(parsed);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw refuse(`${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'not as expected'}`);
}
