/** A model that answers: text in, text out, over one graph, one tokenizer and one queue. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Tokenizer } from '#core/domain/inference/byte-level-bpe.ts';
import type { Sampling } from '#core/domain/inference/sampling.ts';
import type { GraphSession } from '#core/ports/graph-runtime.ts';
import { type Generated, type SchedulerOptions, TokenScheduler } from './token-scheduler.ts';

export const MOST_PROMPT_TOKENS = 4096;
export const MOST_PROMPT_CHARACTERS = 65_536;
export const MOST_SAID = 1024;

export interface Question extends Sampling {
  readonly prompt: string;
  readonly most: number;
  readonly signal: AbortSignal;
  /** Called with every piece of text that is complete. */
  readonly onText?: (text: string) => void;
}

export interface Answer {
  readonly text: string;
  readonly promptTokens: number;
  readonly generated: Generated;
}

export interface ServedModel {
  readonly session: GraphSession;
  readonly scheduler: TokenScheduler;
  /** @throws ForgeError `validation`, code `prompt_too_long` or `prompt_empty`; `limit`, code `queue_full` */
  answer(question: Question): Promise<Answer>;
}

/** @throws ForgeError `validation`, code `vocab_mismatch` */
export function servedModel(
  session: GraphSession,
  tokenizer: Tokenizer,
  options: SchedulerOptions,
): ServedModel {
  const rows = session.graph.model.vocabRows;
  if (tokenizer.rows !== rows)
    throw new ForgeError('validation', `The graph has ${rows} rows, the tokenizer ${tokenizer.rows}.`, {
      code: 'vocab_mismatch',
      hint: 'Serve a model with its own tokenizer.json.',
    });
  const scheduler = new TokenScheduler(session, options);
  return {
    session,
    scheduler,
    async answer({ prompt, onText, signal, most, ...sampling }) {
      const ids = promptIds(tokenizer, prompt);
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      let text = '';
      const take = (piece: string) => {
        text += piece;
        if (piece) onText?.(piece);
      };
      const generated = await scheduler.submit({
        ...sampling,
        prompt: ids,
        most,
        signal,
        end: tokenizer.endOfText,
        silent: tokenizer.silent,
        // A character may be spread over several tokens.
        onToken: (id) => take(decoder.decode(tokenizer.bytesOf(id), { stream: true })),
      });
      take(decoder.decode());
      return { text, promptTokens: ids.length, generated };
    },
  };
}

function promptIds(tokenizer: Tokenizer, prompt: string): number[] {
  const tooLong = (what: string) =>
    new ForgeError('validation', `The prompt has ${what}.`, {
      code: 'prompt_too_long',
      hint: `Give at most ${MOST_PROMPT_TOKENS} tokens and ${MOST_PROMPT_CHARACTERS} characters.`,
    });
  if (prompt.length > MOST_PROMPT_CHARACTERS) throw tooLong(`${prompt.length} characters`);
  const ids = tokenizer.encode(prompt);
  if (ids.length > MOST_PROMPT_TOKENS) throw tooLong(`${ids.length} tokens`);
  if (ids.length > 0) return ids;
  throw new ForgeError('validation', 'The prompt is empty.', {
    code: 'prompt_empty',
    hint: 'Give at least one character to go on from.',
  });
}
