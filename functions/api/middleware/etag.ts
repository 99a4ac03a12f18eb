/** Record versions as ETags: If-None-Match saves a transfer, If-Match guards a write. */
import type { Context } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** True when one of the tags that a client has is this one; proxies mark tags as weak when they compress. */
function names(given: string | undefined, etag: string): boolean {
  const tags = given?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}

/** Records that the store hands out again are written out once; whoever makes a new object gets a new text. */
const texts = new WeakMap<object, string>();

function textOf(record: object): string {
  if (!Object.isFrozen(record)) return JSON.stringify(record);
  const known = texts.get(record);
  if (known !== undefined) return known;
  const text = JSON.stringify(record);
  texts.set(record, text);
  return text;
}

/** 304 when the client has this version already. */
export function respondVersioned(context: Context, body: object, version: number): Response {
  const etag = etagOf(version);
  context.header('etag', etag);
  if (names(context.req.header('if-none-match'), etag)) return context.body(null, 304);
  return context.body(textOf(body), 200, { 'content-type': 'application/json' });
}

function failed(what: string, current: number | null): ForgeError {
  const state = current === null ? 'does not exist' : `is at ${etagOf(current)}`;
  return new ForgeError('precondition_failed', `${what}; the record ${state}.`, {
    hint: 'Read the record again and repeat the change.',
  });
}

/** The version that a change expects, from If-Match. */
export function expectedVersion(context: Context, current: number | null): number {
  const given = context.req.header('if-match');
  if (given === undefined) {
    throw new ForgeError('precondition_required', 'This write needs If-Match with the version you saw.', {
      hint: 'Read the record first and send its ETag, or send If-None-Match: * to create it.',
    });
  }
  if (current !== null && given === etagOf(current)) return current;
  throw failed(`If-Match is ${given}`, current);
}

/** Like `expectedVersion`, and null for a record that is to be created (`If-None-Match: *`). */
export function expectedVersionOrNone(context: Context, current: number | null): number | null {
  if (context.req.header('if-none-match') !== '*') return expectedVersion(context, current);
  if (current === null) return null;
  throw failed('If-None-Match is *', current);
}

/** Whoever lost the race between the look and the write failed its precondition like somebody who came later. */
export async function underPrecondition<Answer>(write: Promise<Answer>): Promise<Answer> {
  try {
    return await write;
  } catch (error) {
    const lost = error instanceof ForgeError && (error.code === 'stale_version' || error.code === 'exists');
    if (!lost) throw error;
    throw new ForgeError('precondition_failed', error.message, {
      hint: 'Read the record again and repeat the change.',
      cause: error,
    });
  }
}
