import type { Branch } from '../branch.ts';

const ABORTABLE = ['Task', 'Wait', 'Map', 'Parallel'];

/**
 * One branch of a Parallel failed: ends the others and writes what AWS writes about it, all caused by the failure.
 * The failed branch's own Task is listed as aborted too.
 */
export function abortBranches(parent: Branch, failed: Branch, siblings: Iterable<Branch>): void {
  const cause = failed.trail.last;
  if (failed.openState === 'Task') parent.record('TaskStateAborted', {}, cause);
  for (const sibling of siblings) {
    if (sibling === failed || sibling.result) continue;
    recordAborted(parent, sibling, cause);
    parent.execution.cancel(sibling);
  }
  parent.trail.last = cause;
}

/** Writes that the state in which a branch stands will not end. */
export function recordAborted(parent: Branch, branch: Branch, cause: number): void {
  for (const child of branch.children) if (!child.result) recordAborted(parent, child, cause);
  if (ABORTABLE.includes(branch.openState) && !branch.quiet)
    parent.record(`${branch.openState}StateAborted`, {}, cause);
}
