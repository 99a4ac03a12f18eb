/** Record versions as ETags: If-None-Match saves a transfer, If-Match guards a write. */
import type { Context } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** 304 when the client has this version already. */
export function respondVersioned(context: Context, body: object, version: number): Response {
  const etag = etagOf(version);
  context.header('etag', etag);
  if (context.req.header('if-none-match') === etag) return context.body(null, 304);
  return context.json(body);
}

/** The version that a write expects: null to create (`If-None-Match: *`). */
export function expectedVersion(context: Context, current: number | null): number | null {
  if (context.req.header('if-none-match') === '*') return null;
  const given = context.req.header('if-match');
  if (given === undefined) {
    throw new ForgeError('precondition_required', 'This write needs If-Match with the version you saw.', {
      hint: 'Read the record first and send its ETag, or send If-None-Match: * to create it.',
    });
  }
  if (current !== null && given === etagOf(current)) return current;
  throw new ForgeError(
    'precondition_failed',
    `If-Match is ${given}; the record is at ${current === null ? 'no version' : etagOf(current)}.`,
    {
      hint: 'Read the record again and repeat the change.',
    },
  );
}
