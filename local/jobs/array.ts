import { isTerminal, type JobRecord, type JobStatus } from './job.ts';
import { ARRAY_CHILD_FAILED } from './verdict.ts';

/**
 * The parent of an array after one of its children moved on: PENDING while any child is open, then FAILED if one failed.
 * A failed child does not stop its siblings, as on AWS.
 */
export function rollUp(parent: JobRecord, from: JobStatus, child: JobRecord, at: number): JobRecord {
  if (parent.array?.kind !== 'parent' || child.status === from) return parent;
  const { statusSummary, size } = parent.array;
  const summary = {
    ...statusSummary,
    [from]: statusSummary[from] - 1,
    [child.status]: statusSummary[child.status] + 1,
  };
  const moved: JobRecord = {
    ...parent,
    array: { ...parent.array, statusSummary: summary },
    status: 'PENDING',
    startedAt: parent.startedAt ?? child.startedAt,
  };
  if (!isTerminal(child.status) || summary.SUCCEEDED + summary.FAILED < size) return moved;
  if (summary.FAILED === 0) return { ...moved, status: 'SUCCEEDED', stoppedAt: at };
  const statusReason = parent.stop?.reason ?? ARRAY_CHILD_FAILED;
  return { ...moved, status: 'FAILED', statusReason, stoppedAt: at };
}
