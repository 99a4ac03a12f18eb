/** Answers of the API in the memory of one edge runtime, the least lately used ones given up first. */
export interface KeptAnswer {
  /** When the API last said it, in milliseconds since 1970. */
  readonly at: number;
  readonly etag: string | null;
  readonly headers: readonly [string, string][];
  readonly body: ArrayBuffer;
}

export interface AnswerCache {
  get(key: string): KeptAnswer | undefined;
  put(key: string, answer: KeptAnswer): void;
}

const MAX_ANSWERS = 500;
const MAX_BODY_BYTES = 256 * 1024;

export function answerCache(): AnswerCache {
  const kept = new Map<string, KeptAnswer>();
  return {
    get(key) {
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
      }
      return found;
    },
    put(key, answer) {
      kept.delete(key);
      if (answer.body.byteLength > MAX_BODY_BYTES) return;
      kept.set(key, answer);
      const [oldest] = kept.keys();
      if (kept.size > MAX_ANSWERS && oldest !== undefined) kept.delete(oldest);
    },
  };
}
