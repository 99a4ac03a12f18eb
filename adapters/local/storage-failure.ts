/** What SQLite and the file system say when they cannot write, in our words; the one place that knows their codes. */
import { ForgeError } from '#core/domain/errors.ts';

const FULL = /^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG)/;
const BROKEN = /^(SQLITE_(IOERR|READONLY|CANTOPEN)|EIO|EROFS|EMFILE|ENFILE)/;

/** The failure as a ForgeError where it is one of the machine's; anything else as it is. */
export function storageFailure(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (error instanceof ForgeError || typeof code !== 'string') return error;
  if (FULL.test(code)) {
    return new ForgeError('disk_full', `The disk of this server is full (${code}): ${message}`, {
      hint: 'Free some space: forge gc --dry-run shows what can go. What was stored before is whole.',
      cause: error,
    });
  }
  if (BROKEN.test(code)) {
    return new ForgeError(
      'dependency',
      `The disk of this server does not take writes (${code}): ${message}`,
      {
        code: 'storage_unavailable',
        hint: "Look at the machine's log and at the mount of FORGE_HOME, then repeat the request.",
        cause: error,
      },
    );
  }
  return error;
}

/** Runs a piece of storage work and has its failure in our words. */
export async function storing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error);
  }
}
