/** Opaque signed cursors: a client cannot make one up, and one tenant's cursor means nothing to another. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ForgeError } from '#core/domain/errors.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { Page, PageRequest } from '#core/ports/run-reader.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export interface Pager {
  read(principal: Principal, query: { limit?: string | undefined; cursor?: string | undefined }): PageRequest;
  write<Item>(principal: Principal, page: Page<Item>): { items: readonly Item[]; next: string | null };
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new ForgeError(
    'malformed',
    `limit is "${text.slice(0, 40)}", expected a whole number from 1 to ${MAX_LIMIT}.`,
    {
      code: 'invalid_limit',
    },
  );
}

export function pager(secret: string): Pager {
  const sign = (tenant: string, after: string) =>
    createHmac('sha256', secret).update(`${tenant}\n${after}`).digest('base64url').slice(0, 22);
  const open = (tenant: string, cursor: string): string => {
    const [after = '', signature = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('.');
    const expected = Buffer.from(sign(tenant, after));
    const given = Buffer.from(signature);
    if (given.length === expected.length && timingSafeEqual(given, expected)) return after;
    throw new ForgeError('malformed', 'The cursor is not one that this server gave you.', {
      code: 'invalid_cursor',
      hint: 'Start again without a cursor.',
    });
  };
  return {
    read: ({ tenant }, { limit, cursor }) => ({
      limit: readLimit(limit),
      after: cursor === undefined ? null : open(tenant, cursor),
    }),
    write: ({ tenant }, { items, next }) => ({
      items,
      next: next === null ? null : Buffer.from(`${next}.${sign(tenant, next)}`).toString('base64url'),
    }),
  };
}
