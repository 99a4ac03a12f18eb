/** Refuses what begins new work while the disk of the home is nearly full; looking, stopping and deleting go on. */
import { statfs } from 'node:fs/promises';
import type { MiddlewareHandler } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';

/** Room for the journal, logs and a checkpoint of a small run; below it a run would end half-way. */
export const LEAST_FREE_BYTES = 256 * 2 ** 20;
const BEGINS = /^\/v1\/(runs|corpora|models|uploads)(\/[^/]+\/(resume|retry|fork))?$/;

type Free = (directory: string) => Promise<number>;

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

export function diskGuard(directory: string, free: Free = freeBytes): MiddlewareHandler {
  return async (context, next) => {
    const path = new URL(context.req.url).pathname;
    if (context.req.method === 'POST' && BEGINS.test(path))
      await requireRoom(directory, await free(directory));
    await next();
  };
}

async function requireRoom(directory: string, bytes: number): Promise<void> {
  if (bytes >= LEAST_FREE_BYTES) return;
  const mebibytes = (number: number) => `${Math.floor(number / 2 ** 20)} MiB`;
  throw new ForgeError(
    'disk_full',
    `${mebibytes(bytes)} are free on the disk of ${directory}; new work needs at least ${mebibytes(LEAST_FREE_BYTES)}.`,
    {
      code: 'disk_nearly_full',
      hint: 'Free some space, or set FORGE_HOME to another disk; forge doctor shows how much is free.',
    },
  );
}
