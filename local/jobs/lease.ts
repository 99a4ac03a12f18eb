import { statSync } from 'node:fs';

/** How long an attempt may go without writing anything; whoever is stopped, or gone without a trace, writes nothing. */
export interface Lease {
  /** Looks at what was written; true once nothing has been for the whole lease. */
  lost(): boolean;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Begins now, for a process taken up after a restart as well: what it wrote meanwhile is seen as soon as it writes again.
 * Measured by the monotonic clock; the sizes are compared first, so that a runner that was itself stopped loses no job.
 */
export function beginLease(paths: readonly string[], seconds: number | null): Lease {
  if (seconds === null) return { lost: () => false };
  const written = () => paths.reduce((sum, path) => sum + sizeOf(path), 0);
  let seen = written();
  let since = performance.now();
  return {
    lost() {
      const now = written();
      if (now !== seen) {
        seen = now;
        since = performance.now();
      }
      return performance.now() - since >= seconds * 1000;
    },
  };
}
