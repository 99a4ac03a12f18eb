/** Refuses requests that a web page on another site could make: foreign Host (DNS rebinding) and foreign Origin. */
import type { MiddlewareHandler } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** @throws ForgeError `misdirected` or `forbidden` */
export function requireOwnHost(host = '', origin: string | undefined = undefined): void {
  if (!LOOPBACK.test(host)) {
    throw new ForgeError('misdirected', `This server answers to localhost, not to "${host.slice(0, 80)}".`);
  }
  if (origin !== undefined && !LOOPBACK.test(origin.replace(/^https?:\/\//, ''))) {
    throw new ForgeError('forbidden', `Requests from ${origin.slice(0, 80)} are not accepted.`, {
      code: 'foreign_origin',
    });
  }
}

export const hostGuard: MiddlewareHandler = async (context, next) => {
  requireOwnHost(context.req.header('host'), context.req.header('origin'));
  await next();
};
