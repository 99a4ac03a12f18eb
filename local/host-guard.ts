/** Refuses requests that a web page on another site could make: foreign Host (DNS rebinding) and foreign Origin. */
import type { MiddlewareHandler } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export const hostGuard: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? '';
  if (!LOOPBACK.test(host)) {
    throw new ForgeError('misdirected', `This server answers to localhost, not to "${host.slice(0, 80)}".`);
  }
  const origin = context.req.header('origin');
  if (origin !== undefined && !LOOPBACK.test(origin.replace(/^https?:\/\//, ''))) {
    throw new ForgeError('forbidden', `Requests from ${origin.slice(0, 80)} are not accepted.`, {
      code: 'foreign_origin',
    });
  }
  await next();
};
